"""The bytes of one medium in an anonymous memory file: no name on any disk, unchangeable once complete."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from kit.errors import EmptyMedia, MediaTooLarge

_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


class MediaFile:
    """One complete medium. Sealed: no process that holds its descriptor can change it any more.

    Reads name their offset, so any number of threads may read at once. Close it when done (or use `with`).

    Attributes:
        size_bytes: length of the file, at least 1.
        sha256: 64 lower-case hexadecimal digits.
    """

    def __init__(self, descriptor: int, size_bytes: int, sha256: str) -> None:
        self._descriptor = descriptor
        self.size_bytes = size_bytes
        self.sha256 = sha256

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview) -> MediaFile:
        """Copy `data` into a medium of its own. Raises EmptyMedia."""
        with MediaWriter(max_bytes=len(data)) as writer:
            writer.append(data)
            return writer.finish()

    def read(self) -> bytes:
        """All bytes."""
        return self.read_at(0, self.size_bytes)

    def head(self, size: int) -> bytes:
        """The first `size` bytes, fewer when the file is shorter."""
        return self.read_at(0, size)

    def tail(self, size: int) -> bytes:
        """The last `size` bytes, fewer when the file is shorter."""
        return self.read_at(max(0, self.size_bytes - size), size)

    def read_at(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset` on, fewer at the end of the file."""
        parts = []
        end = min(self.size_bytes, offset + size)
        while offset < end:  # one pread gives 2 GiB at most
            part = os.pread(self._descriptor, end - offset, offset)
            parts.append(part)
            offset += len(part)
        return b"".join(parts)

    def chunks(self, size: int = 1 << 20) -> Iterator[bytes]:
        """The bytes in pieces of `size`, the last one shorter."""
        for offset in range(0, self.size_bytes, size):
            yield self.read_at(offset, size)

    def fileno(self) -> int:
        """The descriptor; it stays the property of this object."""
        return self._descriptor

    def reopen(self) -> int:
        """A new read-only descriptor with a file offset of its own, for another process. The caller closes it."""
        return os.open(f"/proc/self/fd/{self._descriptor}", os.O_RDONLY | os.O_CLOEXEC)

    def share(self) -> MediaFile:
        """A second handle on the same bytes, closed on its own. Raises OSError when the process may open no more files."""
        return MediaFile(fcntl.fcntl(self._descriptor, fcntl.F_DUPFD_CLOEXEC, 0), self.size_bytes, self.sha256)

    def close(self) -> None:
        """Give the memory back. Closing twice does nothing."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()  # a forgotten medium would hold its memory for as long as the service lives

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class MediaWriter:
    """Collects the chunks of one upload; length and SHA-256 are known the moment the last one is in.

    Used as a context manager, an unfinished upload frees its memory on the way out.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._digest = hashlib.sha256()
        self._descriptor = -1

    def append(self, chunk: bytes | bytearray | memoryview) -> None:
        """Add bytes. Raises MediaTooLarge, before storing them, once the total is above `max_bytes`."""
        data = memoryview(chunk).cast("B")
        if self._size_bytes + len(data) > self._max_bytes:
            raise MediaTooLarge(
                f"The file is longer than {self._max_bytes} bytes. Send a shorter or more compressed one.",
                max_bytes=str(self._max_bytes),
            )
        if self._descriptor < 0:
            self._descriptor = os.memfd_create("medium", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self._size_bytes += len(data)
        self._digest.update(data)
        while data:
            data = data[os.write(self._descriptor, data) :]

    def finish(self) -> MediaFile:
        """Seal what was collected. Raises EmptyMedia. The writer is empty afterwards."""
        if self._size_bytes == 0:
            raise EmptyMedia("The upload has no bytes. Send the file's content as the body.")
        fcntl.fcntl(self._descriptor, fcntl.F_ADD_SEALS, _SEALS)
        media = MediaFile(self._descriptor, self._size_bytes, self._digest.hexdigest())
        self._descriptor, self._size_bytes, self._digest = -1, 0, hashlib.sha256()
        return media

    def close(self) -> None:
        """Drop what was collected and not finished."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

"""Files behind one seam: a folder now, S3 or GCS by URL (fsspec). Keys are made by us and hold no `/`."""

from __future__ import annotations

import errno
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import fsspec
from fsspec import AbstractFileSystem

from kit.errors import InvalidSettings, NotFound, StorageFull

_CHUNK_BYTES = 1 << 20
_PARTIAL = ".partial"
_FULL = (errno.ENOSPC, errno.EDQUOT)


class BlobStore(Protocol):
    """Keeps files under keys. Methods block; callers on an event loop use a thread."""

    def put(self, key: str, size_bytes: int, chunks: Iterable[bytes]) -> None:
        """Stores a file whole or not at all. Raises StorageFull."""
        ...

    def chunks(self, key: str) -> Generator[bytes, None, None]:
        """The bytes of a file, in order, at most 1 MiB at a time; closing the generator closes the file. Raises NotFound."""
        ...

    def delete(self, key: str) -> bool:
        """Deletes a file; whether there was one."""
        ...

    def keys(self) -> Sequence[str]:
        """Keys of all files, those half written included."""
        ...


class FsspecBlobs:
    """`BlobStore` on an fsspec file system, up to a quota of bytes."""

    def __init__(self, files: AbstractFileSystem, root: str, quota_bytes: int) -> None:
        self._files = files
        self._root = root
        self._quota_bytes = quota_bytes
        self._used_bytes: int | None = None
        self._lock = threading.Lock()

    def put(self, key: str, size_bytes: int, chunks: Iterable[bytes]) -> None:
        """Writes beside the place, then moves there. Raises StorageFull."""
        self._reserve(size_bytes)
        partial = self._path(key) + _PARTIAL
        stored = False
        try:
            with _full_disk_is_typed():
                self._write(partial, chunks)
                self._files.mv(partial, self._path(key))
            stored = True
        finally:
            if not stored:
                self._discard(partial)
                self._reserve(-size_bytes)

    def chunks(self, key: str) -> Generator[bytes, None, None]:
        """The bytes, 1 MiB at a time. Raises NotFound."""
        try:
            with self._files.open(self._path(key), "rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    yield chunk
        except FileNotFoundError as error:
            raise NotFound("the file of this media is gone; upload it again") from error

    def delete(self, key: str) -> bool:
        """Deletes the file, if there is one; whether there was."""
        path = self._path(key)
        try:
            size_bytes = self._files.size(path)
            self._files.rm_file(path)
        except FileNotFoundError:
            return False
        self._reserve(-size_bytes)
        return True

    def keys(self) -> Sequence[str]:
        """Names of all files in the folder."""
        return [str(path).rsplit("/", 1)[1] for path in self._files.find(self._root)]

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"

    def _write(self, path: str, chunks: Iterable[bytes]) -> None:
        with self._files.open(path, "wb") as file:
            for chunk in chunks:
                file.write(chunk)

    def _discard(self, path: str) -> None:
        if self._files.exists(path):
            self._files.rm_file(path)

    def _reserve(self, size_bytes: int) -> None:
        with self._lock:
            used = self._measured() + size_bytes
            if size_bytes > 0 and used > self._quota_bytes:
                raise StorageFull(
                    "the media store has used up its quota; delete media, or wait until older ones expire",
                    quota_bytes=str(self._quota_bytes),
                )
            self._used_bytes = used

    def _measured(self) -> int:
        if self._used_bytes is None:
            self._used_bytes = int(self._files.du(self._root))
        return self._used_bytes


@contextmanager
def _full_disk_is_typed() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StorageFull("the disk of the media store is full; delete media, or ask the operator for space") from error


def open_blobs(url: str, quota_bytes: int) -> FsspecBlobs:
    """The store at an fsspec URL such as `file:///var/lib/telltale/media`. Raises InvalidSettings."""
    try:
        files, root = fsspec.core.url_to_fs(url)
        files.makedirs(root, exist_ok=True)
    except (OSError, ValueError, ImportError) as error:
        raise InvalidSettings(
            f"the media store {url} cannot be opened; check state_dir or media_url: {error}"
        ) from error
    return FsspecBlobs(files, root, quota_bytes)

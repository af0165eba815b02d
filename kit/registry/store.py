"""Where a registry keeps its files: a folder, S3 or GCS, by URL. Every file is created once and never changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from kit.files.opening import Files, open_files
from kit.registry.faults import checked, disk_faults, store_faults, too_long

MAX_DOCUMENT_BYTES = 1 << 20
"""No document of a registry is longer, but for cards."""

_CHUNK_BYTES = 1 << 20


class Store(Protocol):
    """Files under keys such as "channels/dev/face_spatial/00000001.json". Methods block and may be called from several threads.

    All raise StorageUnavailable when the store does not answer as it should, and do so in minutes at most.
    """

    def create(self, key: str, content: bytes) -> bool:
        """Creates a file, whole or not at all. Whether it holds `content` now; False when there was another one."""
        ...

    def upload(self, key: str, path: Path) -> bool:
        """Creates a file from one on the disk, whole or not at all. Whether both are equal now."""
        ...

    def read(self, key: str, max_bytes: int = MAX_DOCUMENT_BYTES) -> bytes:
        """What is in a file. Raises NotFound; ModelInvalid when it is longer."""
        ...

    def download(self, key: str, path: Path, max_bytes: int) -> None:
        """Writes a file to the disk at `path`, where none may be. Raises NotFound, StorageFull; ModelInvalid when too long."""
        ...

    def keys(self, prefix: str) -> Sequence[str]:
        """Keys of all files below `prefix` and a "/", at any depth, sorted."""
        ...


class CreateOnlyStore:
    """`Store` on any kind of files."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def create(self, key: str, content: bytes) -> bool:
        """Creates a file. Whether it holds `content` now. Raises StorageUnavailable.

        Of an attempt whose answer was lost the library makes a second one, which finds the name taken, by itself: so what is
        there is looked at before somebody is told that others were first.
        """
        with store_faults(self._files.faults, key):
            if self._files.add(checked(key), content):
                return True
            with self._files.open(key) as stored:
                return _up_to(stored, len(content) + 1) == content

    def upload(self, key: str, path: Path) -> bool:
        """Creates a file from one on the disk, which is held in memory. Whether both are equal now. Raises StorageUnavailable.

        It is sent at once: a store's promise to keep what is there is best kept, and best tested, for what is one request.
        """
        with disk_faults(path):
            content = path.read_bytes()
        return self.create(key, content)

    def read(self, key: str, max_bytes: int = MAX_DOCUMENT_BYTES) -> bytes:
        """What is in a file. Raises NotFound, ModelInvalid, StorageUnavailable."""
        with store_faults(self._files.faults, key), self._files.open(checked(key)) as stored:
            content = _up_to(stored, max_bytes + 1)
        if len(content) > max_bytes:
            raise too_long(key, max_bytes)
        return content

    def download(self, key: str, path: Path, max_bytes: int) -> None:
        """Writes a file to the disk. Raises NotFound, ModelInvalid, StorageFull, StorageUnavailable."""
        with disk_faults(path.parent), path.open("xb") as target:
            for piece in self._pieces(key, max_bytes):
                target.write(piece)

    def keys(self, prefix: str) -> Sequence[str]:
        """Keys of all files below `prefix` and a "/", sorted. Raises StorageUnavailable."""
        with store_faults(self._files.faults, prefix):
            return sorted(self._files.names(checked(prefix)))

    def _pieces(self, key: str, max_bytes: int) -> Iterator[bytes]:
        length = 0
        with store_faults(self._files.faults, key), self._files.open(checked(key)) as stored:
            while piece := stored.read(_CHUNK_BYTES):
                length += len(piece)
                if length > max_bytes:
                    raise too_long(key, max_bytes)
                yield piece


def open_store(url: str) -> Store:
    """The store at a folder's path or a URL: file:///srv/models, s3://BUCKET/models, gs://BUCKET/models.

    Credentials and addresses come from where the store's own library looks for them (AWS_*, GOOGLE_APPLICATION_CREDENTIALS).

    Raises:
        InvalidSettings: there is no such folder or bucket, or it cannot be opened.
    """
    return CreateOnlyStore(open_files(url, "registry"))


def _up_to(file: BinaryIO, length: int) -> bytes:
    pieces: list[bytes] = []
    while length > 0 and (piece := file.read(length)):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)

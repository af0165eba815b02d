"""Files behind one seam: a folder, S3 or GCS, by URL (fsspec). Keys are made by us and hold no `/`."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import fsspec
from fsspec import AbstractFileSystem

from gateway.storage.habits import PARTIAL, Habits, habits_of
from gateway.storage.quota import Quota
from kit.clock import Clock
from kit.errors import InvalidSettings, NotFound, StorageFull, StorageUnavailable
from kit.files.systems import BLOCK_BYTES, FULL, options_of

_CHUNK_BYTES = 1 << 20
_LOOKS = 5
_RETRY_AFTER_S = 1.0


class BlobStore(Protocol):
    """Keeps files under keys. Methods block; callers on an event loop use a thread. All raise StorageUnavailable."""

    def put(self, key: str, size_bytes: int, chunks: Iterable[bytes]) -> None:
        """Stores a file whole or not at all, in place of what was there. Raises StorageFull."""
        ...

    def chunks(self, key: str) -> Generator[bytes, None, None]:
        """The bytes of a file, in order, at most 1 MiB at a time; closing the generator closes the file. Raises NotFound."""
        ...

    def delete(self, key: str) -> bool:
        """Deletes a file and what a crash left of an attempt to write it; whether there was one."""
        ...

    def keys(self) -> Sequence[str]:
        """Keys of all files, those half written included."""
        ...


class FsspecBlobs:
    """`BlobStore` on an fsspec file system, up to a quota of bytes."""

    def __init__(self, files: AbstractFileSystem, root: str, habits: Habits, quota_bytes: int, clock: Clock) -> None:
        self._files = files
        self._root = root
        self._habits = habits
        self._quota = Quota(quota_bytes, self._used_bytes, clock)

    @property
    def place(self) -> str:
        """Where the files are: what is opened on the same one twice is one store."""
        root = str(Path(self._root).resolve()) if self._habits.leaves_partials else self._root
        return str(self._files.unstrip_protocol(root))

    def put(self, key: str, size_bytes: int, chunks: Iterable[bytes]) -> None:
        """Writes as the store wants it. Raises StorageFull, StorageUnavailable."""
        with self._faults_are_typed(), self._quota.room_for(size_bytes):
            self._habits.write(self._files, self._path(key), chunks)

    def chunks(self, key: str) -> Generator[bytes, None, None]:
        """The bytes, 1 MiB at a time. Raises NotFound, StorageUnavailable."""
        with self._faults_are_typed():
            try:
                with self._files.open(self._path(key), "rb", block_size=BLOCK_BYTES) as file:
                    while chunk := file.read(_CHUNK_BYTES):
                        yield chunk
            except FileNotFoundError as error:
                raise NotFound("the file of this media is gone; upload it again") from error

    def delete(self, key: str) -> bool:
        """Deletes the file, if there is one; whether there was. Raises StorageUnavailable."""
        with self._faults_are_typed():
            if self._habits.leaves_partials:
                self._remove(self._path(key) + PARTIAL)
            return self._remove(self._path(key))

    def keys(self) -> Sequence[str]:
        """Names of all files in the folder. Raises StorageUnavailable."""
        with self._faults_are_typed():
            sizes = self._sizes()
        self._quota.found(sum(sizes.values()))
        return list(sizes)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"

    def _remove(self, path: str) -> bool:
        try:
            size_bytes = self._files.size(path)
            self._files.rm_file(path)
        except FileNotFoundError:
            return False
        self._quota.free(size_bytes)
        return True

    def _used_bytes(self) -> int:
        return sum(self._sizes().values())

    def _sizes(self) -> Mapping[str, int]:
        for _ in range(_LOOKS):
            try:
                found = self._files.ls(self._root, detail=True)
            except FileNotFoundError:
                # In a folder: a file went while it was looked at. In a bucket: there is none yet.
                continue
            return {str(each["name"]).rsplit("/", 1)[1]: each["size"] for each in found if each["type"] == "file"}
        return {}

    @contextmanager
    def _faults_are_typed(self) -> Iterator[None]:
        try:
            yield
        except self._habits.faults as error:
            if isinstance(error, OSError) and error.errno in FULL:
                raise StorageFull(
                    "the disk of the media store is full; delete media, or ask the operator for space"
                ) from error
            raise StorageUnavailable(
                "the media store does not answer as it should; try again in a moment", retry_after_s=_RETRY_AFTER_S
            ) from error


def open_blobs(url: str, quota_bytes: int, clock: Clock) -> FsspecBlobs:
    """The store at an fsspec URL such as `file:///var/lib/telltale/media` or `s3://bucket/media`. Raises InvalidSettings.

    Credentials and addresses come from where the store's own library looks for them (AWS_*, GOOGLE_APPLICATION_CREDENTIALS).
    """
    try:
        files, root = fsspec.core.url_to_fs(url, **options_of(url))
        habits = habits_of(files)
    except (OSError, ValueError, ImportError) as error:
        raise _unusable(url, error) from error
    try:
        _make_usable(files, root, habits)
    except habits.faults as error:
        raise _unusable(url, error) from error
    return FsspecBlobs(files, root, habits, quota_bytes, clock)


def _make_usable(files: AbstractFileSystem, root: str, habits: Habits) -> None:
    if habits.leaves_partials:
        files.makedirs(root, exist_ok=True)
        return
    bucket = root.split("/", 1)[0]
    if not files.exists(bucket):
        raise FileNotFoundError(f"there is no bucket {bucket} at this address, or these credentials may not look at it")
    if habits.keeps_versions(files, bucket):
        raise PermissionError(f"bucket {bucket} keeps what is deleted; switch versions (and soft deletion) off")


def _unusable(url: str, error: Exception) -> InvalidSettings:
    return InvalidSettings(f"the store {url} cannot be opened; check state_dir or its URL: {error}")

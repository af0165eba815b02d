"""Folders on the disk, each under the digest of what is in it, up to a number of bytes; processes may share them.

    models/<digest>/   complete and verified
    partial/           what is being fetched; what lies there while nobody fetches was left by a crash
    locks/<digest>     shared lock (flock) of everybody who uses that folder; its time is when it was last asked for
    fetching           lock of who fetches, one at a time, so that two never count on the same room

The kernel frees the locks of a process that ends, however it ends.

What was verified is opened again by its path, so nobody else may write there: the folders are ours alone.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.errors import InvalidSettings, StorageFull

_ROOT = 0
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class DiskCache:
    """Folders by digest. Methods raise OSError."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._models = folder / "models"
        self._partial = folder / "partial"
        self._locks = folder / "locks"
        self._fetching = folder / "fetching"
        self._max_bytes = max_bytes

    def place(self, digest: str) -> Path:
        """Where the folder with that digest is, or would be."""
        return self._models / digest

    @contextmanager
    def lease(self, digest: str) -> Iterator[None]:
        """Keeps the folder with that digest, which need not be there yet, from being removed.

        Raises InvalidSettings where others may write.
        """
        self._prepare()
        with _locked(self._locks / digest, fcntl.LOCK_SH) as descriptor:
            os.utime(descriptor)
            yield

    @contextmanager
    def fetching(self) -> Iterator[Path]:
        """An empty folder to fetch into, for one at a time. It is removed at the end, unless it was kept.

        Raises InvalidSettings where others may write.
        """
        self._prepare()
        with _locked(self._fetching, fcntl.LOCK_EX):
            self._sweep()
            folder = Path(tempfile.mkdtemp(dir=self._partial))
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)  # What cannot be removed now is swept by who fetches next.

    def keep(self, fetched: Path, digest: str) -> Path:
        """Gives a fetched folder its place, instead of one there that was damaged: who has that open goes on reading it."""
        place = self.place(digest)
        if place.exists():
            place.rename(self._partial / f"{fetched.name}.before")
        return fetched.rename(place)

    def make_room(self, need_bytes: int) -> None:
        """Removes folders that nobody uses, the least recently used one first, until so much can be added. While fetching.

        Raises StorageFull when what is in use leaves too little.
        """
        sizes = {folder: _size_bytes(folder) for folder in self._models.iterdir()}
        for folder in sorted(sizes, key=self._last_use):
            if sum(sizes.values()) + need_bytes <= self._max_bytes:
                break
            if self._remove_unused(folder):
                del sizes[folder]
        used_bytes = sum(sizes.values())
        if used_bytes + need_bytes > self._max_bytes:
            raise StorageFull(
                f"the model cache may hold {self._max_bytes} bytes: {used_bytes} are in use and {need_bytes} are asked for; "
                "raise its limit, or free models"
            )

    def _prepare(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # In what is root's, such as /tmp or the volume of a container, there may be others; not in what lies in it.
        if self._folder.stat().st_uid != _ROOT:
            _check_ours(self._folder.resolve())
        for folder in (self._models, self._partial, self._locks):
            folder.mkdir(mode=0o700, exist_ok=True)
            _check_ours(folder)

    def _remove_unused(self, folder: Path) -> bool:
        try:
            with _locked(self._locks / folder.name, fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(folder)
        except BlockingIOError:
            return False
        return True

    def _last_use(self, folder: Path) -> int:
        lock = self._locks / folder.name
        return lock.stat().st_mtime_ns if lock.exists() else 0

    def _sweep(self) -> None:
        for left in self._partial.iterdir():
            shutil.rmtree(left)


def _check_ours(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & _OTHERS_WRITE:
        raise InvalidSettings(
            f"others could exchange models in the model cache: {folder} is of user {found.st_uid} with mode "
            f"{stat.S_IMODE(found.st_mode):o}; name a folder that only this user may write to (chmod go-w)"
        )


@contextmanager
def _locked(path: Path, operation: int) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, operation)
        yield descriptor
    finally:
        os.close(descriptor)


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

"""Files that never change, in a folder, which machines may share. A file gets its name, by a hard link, once it is complete."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

# Neither a pipe without a writer nor a link to elsewhere may hold up, or lead astray, who reads.
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class FolderFiles:
    """`Files` in a folder."""

    faults: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, root: Path) -> None:
        self._root = root

    def add(self, key: str, content: bytes) -> bool:
        """Creates a file; False when the name is taken. Raises OSError."""
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(partial, _CREATE, 0o644), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(partial, path)
        except FileExistsError:
            return False
        finally:
            partial.unlink(missing_ok=True)
        _sync(path.parent)
        return True

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """A file's bytes. Raises OSError, also for what is no plain file."""
        self._check_root()
        with os.fdopen(os.open(self._root / key, _READ), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(f"{key} is no plain file")
            yield file

    def names(self, prefix: str) -> Sequence[str]:
        """Keys of all files below `prefix`, of all there are below "". Names that begin with a dot are not complete yet."""
        self._check_root()
        found = []
        for folder, _, files in os.walk(self._root / prefix, onerror=_raise_unless_missing):
            relative = Path(folder).relative_to(self._root)
            found += [str(relative / name) for name in files if not name.startswith(".")]
        return found

    def remove(self, key: str) -> None:
        """Deletes a file, and its folder when it was the last one there. Raises OSError."""
        path = self._root / key
        path.unlink(missing_ok=True)
        if path.parent != self._root:
            with suppress(OSError):  # others are still in it
                path.parent.rmdir()

    def _check_root(self) -> None:
        # Where a disk is not mounted, or was moved, nothing is known of a file; that is not the same as that there is none.
        if not self._root.is_dir():
            raise OSError(f"there is no folder {self._root}")


def _sync(folder: Path) -> None:
    # The name, too, has to outlive a loss of power: others are told that it is taken.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error

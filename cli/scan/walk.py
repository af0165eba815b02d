"""What is in a folder: files by their first bytes, never by their names."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kit.errors import InvalidRequest, UnsupportedMediaType
from kit.media.sniff import SNIFF_BYTES, sniff
from telltale.common.v1 import media_pb2

_CHUNK_BYTES = 2**20


@dataclass(frozen=True)
class MediaFile:
    """A file that is to be judged.

    Attributes:
        path: where it is.
        name: its path from the folder that is scanned.
        kind: by its first bytes.
    """

    path: Path
    name: str
    kind: media_pb2.MediaKind.ValueType

    def sha256(self) -> str:
        """SHA-256 of its bytes, 64 lower-case hexadecimal digits. Raises OSError."""
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()


@dataclass
class Found:
    """What is in a folder.

    Attributes:
        media: files to judge, in the order of their names.
        skipped: names of files that are no photo, video or recording.
        unreadable: why a file could not be read, by its name.
    """

    media: list[MediaFile] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)


def look_into(folder: Path, *, recursive: bool, most: int, leave_out: frozenset[Path] = frozenset()) -> Found:
    """Looks at every file of a folder. Folders behind symbolic links are not entered, so there are no circles.

    Raises:
        InvalidRequest: the folder is none, or has more than `most` files.
    """
    if not folder.is_dir():
        raise InvalidRequest(f"{folder} is no folder; name one, or judge single files with telltale analyze")
    found = Found()
    for count, path in enumerate(_files(folder, recursive, found)):
        if count >= most:
            raise InvalidRequest(f"{folder} has more than {most} files; name a smaller one, or raise --max-files")
        # Path.resolve() raises for a link that leads to itself.
        if Path(os.path.realpath(path)) not in leave_out:
            _sort(found, path, str(path.relative_to(folder)))
    found.media.sort(key=lambda media: media.name)
    return found


def _files(folder: Path, recursive: bool, found: Found) -> Iterator[Path]:
    def closed(error: OSError) -> None:
        found.unreadable[os.path.relpath(error.filename, folder)] = error.strerror or "cannot be read"

    for parent, folders, names in os.walk(folder, onerror=closed, followlinks=False):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names))
        if not recursive:
            return


def _sort(found: Found, path: Path, name: str) -> None:
    try:
        if not path.is_file():  # a pipe would be waited for, a device never end
            found.skipped.append(name)
            return
        with path.open("rb") as file:
            head = file.read(SNIFF_BYTES)
        found.media.append(MediaFile(path, name, sniff(head).kind))
    except UnsupportedMediaType:
        found.skipped.append(name)
    except OSError as error:
        found.unreadable[name] = error.strerror or "cannot be read"

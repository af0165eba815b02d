"""Where files are kept that are created once and never changed: a folder, S3 or GCS, by URL."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from kit.errors import InvalidSettings
from kit.files.folder import FolderFiles


class Files(Protocol):
    """What a kind of store has to do for us. Methods raise `faults`, and FileNotFoundError for a file that is not there."""

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        """What its library raises when it does not do what it should."""
        ...

    def add(self, key: str, content: bytes) -> bool:
        """Creates a file, whole or not at all; False when the name is taken."""
        ...

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A file's bytes."""
        ...

    def names(self, prefix: str) -> Sequence[str]:
        """Keys of all files below `prefix` and a "/"; of all there are below ""."""
        ...

    def remove(self, key: str) -> None:
        """Deletes a file, if there is one."""
        ...


def open_files(url: str, what: str) -> Files:
    """The files at a folder's path or a URL: file:///srv/models, s3://BUCKET/models, gs://BUCKET/models.

    Args:
        url: where.
        what: what they are, for errors, e.g. "registry".

    Raises:
        InvalidSettings: there is no such folder or bucket, or it cannot be opened.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme == "file":
        return _folder(Path(rest if separator else url), what)
    if scheme not in ("s3", "gs"):
        raise InvalidSettings(f"a {what} is a folder, s3://BUCKET/… or gs://BUCKET/…, not {url}")
    # Their libraries are imported for who has such a place.
    from kit.files.bucket import open_bucket

    return open_bucket(url, what)


def _folder(root: Path, what: str) -> FolderFiles:
    if not root.is_dir():
        raise InvalidSettings(f"there is no folder {root} for the {what}; make it, or correct its address")
    return FolderFiles(root)

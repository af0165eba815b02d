"""Files that never change, in a bucket of S3 or GCS. That a name is free is the store's own condition, checked when it writes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from typing import BinaryIO, cast

import fsspec
from fsspec import AbstractFileSystem

from kit.errors import InvalidSettings
from kit.files.systems import BLOCK_BYTES, faults_of, options_of

_PRECONDITION_FAILED = 412


class BucketFiles:
    """`Files` below a path in a bucket."""

    def __init__(self, files: AbstractFileSystem, root: str, faults: tuple[type[Exception], ...]) -> None:
        self._files = files
        self._root = root
        self.faults = faults

    def add(self, key: str, content: bytes) -> bool:
        """Creates a file; False when the name is taken. Raises `faults`."""
        try:
            self._files.pipe_file(self._path(key), content, mode="create", chunksize=len(content) + 1)  # in one request
        except OSError as error:
            return _refused(error)
        return True

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A file's bytes."""
        file = self._files.open(self._path(key), "rb", block_size=BLOCK_BYTES)
        return cast("AbstractContextManager[BinaryIO]", file)

    def names(self, prefix: str) -> Sequence[str]:
        """Keys of all files below `prefix`, of all there are below ""."""
        found = (str(path).removeprefix(f"{self._root}/") for path in self._files.find(self._path(prefix)))
        return [key for key in found if not prefix or key.startswith(f"{prefix}/")]

    def remove(self, key: str) -> None:
        """Deletes a file. Raises `faults`."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(key))

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"


def _refused(error: OSError) -> bool:
    """False when the store says that the name is taken. Anything else is raised again."""
    response = getattr(error.__cause__, "response", {})  # botocore's, of which s3fs makes an OSError of no use
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if isinstance(error, FileExistsError) or status == _PRECONDITION_FAILED:
        return False
    raise error


def open_bucket(url: str, what: str) -> BucketFiles:
    """The files at s3://BUCKET/… or gs://BUCKET/…, which are the `what`, e.g. "registry". Raises InvalidSettings."""
    try:
        files, root = fsspec.core.url_to_fs(url, **options_of(url))
    except (OSError, ValueError, ImportError) as error:
        raise _unusable(url, what, error) from error
    faults = faults_of(files)
    try:
        if not files.exists(root.split("/", 1)[0]):
            raise FileNotFoundError("there is no such bucket, or these credentials may not look at it")
    except faults as error:
        raise _unusable(url, what, error) from error
    return BucketFiles(files, root.rstrip("/"), faults)


def _unusable(url: str, what: str, error: Exception) -> InvalidSettings:
    return InvalidSettings(f"the {what} {url} cannot be opened; check its address and the credentials: {error}")

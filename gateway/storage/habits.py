"""What differs between kinds of stores: how a file gets there whole or not at all, and what their libraries raise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fsspec import AbstractFileSystem

PARTIAL = ".partial"
BLOCK_BYTES = 8 * 2**20
"""What is read ahead of, and sent at once to, a store on the network. S3 wants 5 MiB at least."""

# How long a store may take to accept a connection and to answer, and how often botocore asks again; s3fs adds its own attempts.
_S3_PATIENCE = {"connect_timeout": 5, "read_timeout": 30, "retries": {"mode": "standard", "max_attempts": 3}}

Write = Callable[[AbstractFileSystem, str, Iterable[bytes]], None]


@dataclass(frozen=True)
class Habits:
    """How one kind of store is treated.

    Attributes:
        write: puts the pieces of a file at a path, all of them or none.
        leaves_partials: a crash while it writes leaves a file of that name and `PARTIAL`.
        keeps_versions: whether a bucket keeps what is deleted from it; raises one of `faults` when it does not say.
        faults: what its library raises when the store does not do what it should.
    """

    write: Write
    leaves_partials: bool
    keeps_versions: Callable[[AbstractFileSystem, str], bool]
    faults: tuple[type[Exception], ...] = (OSError,)


def options_of(url: str) -> Mapping[str, Any]:
    """What a file system is opened with. Nothing may be remembered of a folder that several processes change."""
    options: dict[str, Any] = {"use_listings_cache": False, "skip_instance_cache": True}
    return options | {"config_kwargs": _S3_PATIENCE} if url.startswith("s3:") else options


def habits_of(files: AbstractFileSystem) -> Habits:
    """The habits of a file system."""
    protocols = {files.protocol} if isinstance(files.protocol, str) else set(files.protocol)
    if "s3" in protocols:
        return Habits(write_at_once, leaves_partials=False, keeps_versions=_s3_versions, faults=_s3_faults())
    if "gs" in protocols:
        return Habits(write_at_once, leaves_partials=False, keeps_versions=_gcs_versions, faults=_gcs_faults())
    return Habits(write_beside, leaves_partials=True, keeps_versions=lambda _, __: False)


def write_beside(files: AbstractFileSystem, path: str, chunks: Iterable[bytes]) -> None:
    """For folders: writes beside the place, then moves there."""
    partial, stored = path + PARTIAL, False
    try:
        with files.open(partial, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        files.mv(partial, path)
        stored = True
    finally:
        if not stored and files.exists(partial):
            files.rm_file(partial)


def write_at_once(files: AbstractFileSystem, path: str, chunks: Iterable[bytes]) -> None:
    """For object stores: an object is there when its last byte is."""
    file, stored = files.open(path, "wb", block_size=BLOCK_BYTES), False
    try:
        for chunk in chunks:
            file.write(chunk)
        file.close()
        stored = True
    finally:
        if not stored:
            # Closing, which is also what a `with` and the garbage collector do, would make an object of what there is.
            file.closed = True
            file.discard()


def _s3_versions(files: AbstractFileSystem, bucket: str) -> bool:
    return bool(files.call_s3("get_bucket_versioning", Bucket=bucket).get("Status") == "Enabled")


def _gcs_versions(files: AbstractFileSystem, bucket: str) -> bool:
    facts = files.call("GET", "b/{}", bucket, fields="versioning,softDeletePolicy", json_out=True)
    soft_s = int(facts.get("softDeletePolicy", {}).get("retentionDurationSeconds", 0))
    return bool(soft_s or facts.get("versioning", {}).get("enabled"))


# The libraries are imported for who has such a store: they take half a second and tens of megabytes.
def _s3_faults() -> tuple[type[Exception], ...]:
    from aiohttp import ClientError as HttpError
    from botocore.exceptions import BotoCoreError, ClientError

    return OSError, BotoCoreError, ClientError, HttpError


def _gcs_faults() -> tuple[type[Exception], ...]:
    from aiohttp import ClientError
    from gcsfs.retry import ChecksumError, HttpError, NonRetryableError
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    return OSError, HttpError, ChecksumError, NonRetryableError, GoogleAPIError, GoogleAuthError, ClientError

"""How file systems are opened, so that they answer or fail in time, and what their libraries raise when they fail."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

BLOCK_BYTES = 8 * 2**20
"""What is read ahead of, and sent at once to, a store on the network. S3 wants 5 MiB at least."""

FULL = (errno.ENOSPC, errno.EDQUOT)
"""Numbers of the errors of a disk, or a quota of it, that is full."""

_CONNECT_S, _ANSWER_S, _CALL_S = 5, 30, 300
# How long a store may take to accept a connection and to answer, and how often botocore asks again; s3fs adds its own attempts.
_S3_PATIENCE = {
    "connect_timeout": _CONNECT_S,
    "read_timeout": _ANSWER_S,
    "retries": {"mode": "standard", "max_attempts": 3},
}


def options_of(url: str) -> Mapping[str, Any]:
    """What a file system is opened with. Nothing may be remembered of a folder that several processes change."""
    options: dict[str, Any] = {"use_listings_cache": False, "skip_instance_cache": True}
    if url.startswith("s3:"):
        return options | {"config_kwargs": _S3_PATIENCE}
    return options | {"requests_timeout": _gcs_patience()} if url.startswith("gs:") else options


def is_s3(files: AbstractFileSystem) -> bool:
    """Whether a file system is a bucket of S3."""
    return "s3" in _protocols(files)


def is_gcs(files: AbstractFileSystem) -> bool:
    """Whether a file system is a bucket of GCS."""
    return "gs" in _protocols(files)


def faults_of(files: AbstractFileSystem) -> tuple[type[Exception], ...]:
    """What the library of a file system raises when the store does not do what it should."""
    if is_s3(files):
        return _s3_faults()
    return _gcs_faults() if is_gcs(files) else (OSError,)


def _protocols(files: AbstractFileSystem) -> set[str]:
    return {files.protocol} if isinstance(files.protocol, str) else set(files.protocol)


# The libraries are imported for who has such a store: they take half a second and tens of megabytes.
def _gcs_patience() -> Any:
    from aiohttp import ClientTimeout

    return ClientTimeout(total=_CALL_S, sock_connect=_CONNECT_S, sock_read=_ANSWER_S)


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

"""What can go wrong, as exceptions: one for each gRPC status, since that says what a program can do about it.

TelltaleError
├── InvalidArgument ── MediaRefused     the request, or the file, has to be another one
├── NotFound, AlreadyExists, FailedPrecondition, Unimplemented
├── Unauthenticated, PermissionDenied   the token has to be another one
├── ResourceExhausted                   later; `retry_after_s` says when
├── Unavailable, DeadlineExceeded       perhaps later
├── Cancelled                           somebody ended it
└── Internal, DataLoss                  a fault of the server, or on the way; `request_id` finds it in the server's log

`reason` says which of several reasons it was: a name of `telltale.common.v1.ErrorReason` without its prefix.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar


class TelltaleError(Exception):
    """Base of all.

    Attributes:
        message: what is wrong, with what, and what to do.
        reason: for programs, e.g. "EMPTY_MEDIA"; empty when no Telltale server said so.
        retry_after_s: seconds after which it is worth trying again; None when nobody said.
        details: facts by name.
        request_id: finds the call in the server's log; empty when it never got there.
    """

    code: ClassVar[str] = "UNKNOWN"

    def __init__(
        self,
        message: str,
        *,
        reason: str = "",
        retry_after_s: float | None = None,
        details: Mapping[str, str] = MappingProxyType({}),
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.details = details
        self.request_id = request_id

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}" if self.reason else self.message


class InvalidArgument(TelltaleError):
    """The request breaks a rule."""

    code = "INVALID_ARGUMENT"


class MediaRefused(InvalidArgument):
    """The file is of no supported type, damaged, too large, too long, more than it seems, or known to be harmful."""


class NotFound(TelltaleError):
    """No such resource, or it belongs to somebody else."""

    code = "NOT_FOUND"


class AlreadyExists(TelltaleError):
    """The request_id was used before with different content."""

    code = "ALREADY_EXISTS"


class FailedPrecondition(TelltaleError):
    """The operator has not set this up, or set it up wrongly."""

    code = "FAILED_PRECONDITION"


class Unimplemented(TelltaleError):
    """The server does not offer this."""

    code = "UNIMPLEMENTED"


class Unauthenticated(TelltaleError):
    """The token is missing, unknown, revoked or expired."""

    code = "UNAUTHENTICATED"


class PermissionDenied(TelltaleError):
    """The token lacks the scope that the call needs."""

    code = "PERMISSION_DENIED"


class ResourceExhausted(TelltaleError):
    """A limit is reached: requests, quota, places, disk."""

    code = "RESOURCE_EXHAUSTED"


class Unavailable(TelltaleError):
    """The server, or a part of it, does not answer."""

    code = "UNAVAILABLE"


class DeadlineExceeded(TelltaleError):
    """It took too long."""

    code = "DEADLINE_EXCEEDED"


class Cancelled(TelltaleError):
    """It was cancelled."""

    code = "CANCELLED"


class DataLoss(TelltaleError):
    """The bytes that arrived are not those that were sent."""

    code = "DATA_LOSS"


class Internal(TelltaleError):
    """A fault of the server."""

    code = "INTERNAL"

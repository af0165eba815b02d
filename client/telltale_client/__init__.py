"""Telltale's client: was this photo, video or recording manipulated or synthesised?

    with Client("https://telltale.example", token_file="token") as telltale:
        analysis = telltale.analyze("photo.jpg")

`AsyncClient` has the same methods, to be awaited. Answers are the messages of the contract (`telltale.gateway.v1`); what goes
wrong is a `TelltaleError`.
"""

from __future__ import annotations

from telltale_client.async_client import AsyncClient, AsyncOperation
from telltale_client.channel import Options
from telltale_client.client import Client, Operation
from telltale_client.errors import (
    AlreadyExists,
    Cancelled,
    DataLoss,
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    MediaRefused,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    TelltaleError,
    Unauthenticated,
    Unavailable,
    Unimplemented,
)
from telltale_client.flows.operations import analysis_request
from telltale_client.retry import Retry
from telltale_client.source import Source
from telltale_client.version import __version__

__all__ = [
    "AlreadyExists",
    "AsyncClient",
    "AsyncOperation",
    "Cancelled",
    "Client",
    "DataLoss",
    "DeadlineExceeded",
    "FailedPrecondition",
    "Internal",
    "InvalidArgument",
    "MediaRefused",
    "NotFound",
    "Operation",
    "Options",
    "PermissionDenied",
    "ResourceExhausted",
    "Retry",
    "Source",
    "TelltaleError",
    "Unauthenticated",
    "Unavailable",
    "Unimplemented",
    "__version__",
    "analysis_request",
]

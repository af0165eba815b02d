"""From gRPC's errors, and from `google.rpc.Status` inside answers, to exceptions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2, status_pb2

import telltale_client.errors as errors
from telltale_client.errors import TelltaleError

REQUEST_ID = "x-request-id"
_DETAILS = "grpc-status-details-bin"
_DOMAIN = "telltale"
# INVALID_ARGUMENT for two different things: these are about the file.
_ABOUT_MEDIA = frozenset(
    (
        "EMPTY_MEDIA", "UNSUPPORTED_MEDIA_TYPE", "MEDIA_TYPE_MISMATCH", "POLYGLOT_MEDIA", "UNDECODABLE_MEDIA", "MEDIA_TOO_LARGE",
        "TOO_MANY_PIXELS", "MEDIA_TOO_LONG", "MEDIA_INFECTED", "DECODER_STOPPED",
    )
)  # fmt: skip
_BY_CODE: dict[str, type[TelltaleError]] = {
    kind.code: kind
    for kind in (
        errors.InvalidArgument, errors.NotFound, errors.AlreadyExists, errors.FailedPrecondition, errors.Unimplemented,
        errors.Unauthenticated, errors.PermissionDenied, errors.ResourceExhausted, errors.Unavailable,
        errors.DeadlineExceeded, errors.Cancelled, errors.DataLoss, errors.Internal,
    )
}  # fmt: skip


def from_call(error: grpc.RpcError, request_id: str) -> TelltaleError:
    """The exception for a failed call. `request_id` is ours; the edge may have given it another one, which then counts."""
    call: Any = error  # grpc's errors are calls, too, which RpcError does not say
    trailers = _texts((call.trailing_metadata() or ()), (call.initial_metadata() or ()))
    request_id = str(trailers.get(REQUEST_ID, request_id))
    status = _status(trailers.get(_DETAILS))
    if status is None:
        status = status_pb2.Status(code=call.code().value[0], message=f"the call failed: {call.details()}")
    return from_status(status, request_id)


def from_status(status: status_pb2.Status, request_id: str = "") -> TelltaleError:
    """The exception for a status."""
    info = error_details_pb2.ErrorInfo()
    told = any(detail.Unpack(info) and info.domain == _DOMAIN for detail in status.details)
    reason = info.reason if told else ""
    kind = _BY_CODE.get(code_pb2.Code.Name(code_pb2.Code.ValueType(status.code)), TelltaleError)
    return (errors.MediaRefused if reason in _ABOUT_MEDIA else kind)(
        status.message,
        reason=reason,
        retry_after_s=_retry_after_s(status),
        details=dict(info.metadata) if told else {},
        request_id=request_id,
    )


def _texts(*sources: Iterable[tuple[str, str | bytes]]) -> dict[str, str | bytes]:
    """Headers of all sources; the first one wins."""
    return {name: value for source in reversed(sources) for name, value in source}


def _status(packed: str | bytes | None) -> status_pb2.Status | None:
    if not isinstance(packed, bytes):
        return None
    try:
        return status_pb2.Status.FromString(packed)
    except DecodeError:
        return None  # not one of our servers; the code and the sentence are all there is


def _retry_after_s(status: status_pb2.Status) -> float | None:
    retry = error_details_pb2.RetryInfo()
    return next((retry.retry_delay.ToMilliseconds() / 1000 for detail in status.details if detail.Unpack(retry)), None)

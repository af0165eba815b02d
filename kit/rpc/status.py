"""TelltaleError ⇄ `google.rpc.Status` (AIP-193): the reason travels as ErrorInfo, the pause before a retry as RetryInfo."""

from __future__ import annotations

from typing import NoReturn

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from kit import errors
from kit.errors import DOMAIN, TelltaleError
from kit.rpc.connecting import explained

# What grpc.aio makes of a call that the server ends, well or not, while a message is on its way (grpc issue 36066).
_ENDED_WHILE_SENDING = "Internal error from Core"


def to_status(error: TelltaleError) -> status_pb2.Status:
    """The error as it goes over the wire."""
    status = status_pb2.Status(code=error.status.value[0], message=error.message)
    _pack(status, error_details_pb2.ErrorInfo(reason=error.reason_name(), domain=DOMAIN, metadata=error.details))
    if error.retry_after_s is not None:
        delay = duration_pb2.Duration()
        delay.FromMilliseconds(round(error.retry_after_s * 1000))
        _pack(status, error_details_pb2.RetryInfo(retry_delay=delay))
    return status


def to_grpc(error: TelltaleError) -> grpc.Status:
    """The error as grpc's `abort_with_status` takes it."""
    return rpc_status.to_status(to_status(error))


def abort(context: grpc.ServicerContext, error: TelltaleError) -> NoReturn:
    """Ends a sync call with the error. Raises, as grpc's own `abort` does."""
    status = to_grpc(error)
    # Not abort_with_status: grpcio-testing does not have it.
    context.set_trailing_metadata(status.trailing_metadata)
    context.abort(status.code, status.details)
    raise AssertionError("grpc's abort always raises")


def from_rpc_error(error: grpc.RpcError) -> TelltaleError:
    """The typed error behind a failed call; an unreachable or foreign server becomes a fitting general one."""
    status = rpc_status.from_call(error)
    typed = None if status is None else error_in(status)
    if typed is not None:
        return typed
    if (error.details() or "").startswith(_ENDED_WHILE_SENDING):
        return errors.DetectorUnavailable("the call was ended while it was being sent; its reason is lost")
    return error_of("", error.code(), f"the call failed: {explained(error.details() or '')}")


def error_in(status: status_pb2.Status) -> TelltaleError | None:
    """The typed error that a status was made of; None when it is none of ours."""
    info = _error_info(status)
    if info is None or info.reason not in _BY_REASON:
        return None
    return _BY_REASON[info.reason](status.message, retry_after_s=_retry_after_s(status), **dict(info.metadata))


def error_of(
    reason: str, code: grpc.StatusCode, message: str, retry_after_s: float | None = None, **details: str
) -> TelltaleError:
    """The typed error with a reason, e.g. "EMPTY_MEDIA"; where it is none that we know, a general one that fits the code."""
    if reason in _BY_REASON:
        return _BY_REASON[reason](message, retry_after_s=retry_after_s, **details)
    return _BY_CODE.get(code, errors.DetectorUnavailable)(message, grpc_code=code.name)


def reason_of(status: status_pb2.Status) -> str:
    """The reason in a status, e.g. "EMPTY_MEDIA"; the name of the code when it carries none."""
    info = _error_info(status)
    return str(info.reason if info is not None else code_pb2.Code.Name(status.code))


def _error_info(status: status_pb2.Status) -> error_details_pb2.ErrorInfo | None:
    info = error_details_pb2.ErrorInfo()
    return next((info for detail in status.details if detail.Unpack(info) and info.domain == DOMAIN), None)


def _retry_after_s(status: status_pb2.Status) -> float | None:
    retry = error_details_pb2.RetryInfo()
    return next((retry.retry_delay.ToMilliseconds() / 1000 for detail in status.details if detail.Unpack(retry)), None)


def _pack(status: status_pb2.Status, detail: error_details_pb2.ErrorInfo | error_details_pb2.RetryInfo) -> None:
    packed = any_pb2.Any()
    packed.Pack(detail)
    status.details.append(packed)


def _all_errors(base: type[TelltaleError]) -> list[type[TelltaleError]]:
    return [leaf for child in base.__subclasses__() for leaf in (child, *_all_errors(child))]


_BY_REASON = {kind.reason_name(): kind for kind in _all_errors(TelltaleError)}
_BY_CODE: dict[grpc.StatusCode, type[TelltaleError]] = {
    grpc.StatusCode.DEADLINE_EXCEEDED: errors.DeadlineExceeded,
    grpc.StatusCode.CANCELLED: errors.Cancelled,
    grpc.StatusCode.RESOURCE_EXHAUSTED: errors.Overloaded,
    grpc.StatusCode.INVALID_ARGUMENT: errors.InvalidRequest,
    grpc.StatusCode.NOT_FOUND: errors.NotFound,
    grpc.StatusCode.UNAUTHENTICATED: errors.InvalidToken,
    grpc.StatusCode.PERMISSION_DENIED: errors.InsufficientScope,
    grpc.StatusCode.INTERNAL: errors.Internal,
    grpc.StatusCode.UNKNOWN: errors.Internal,
}

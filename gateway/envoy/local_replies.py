"""Errors that Envoy makes itself, in the shape of all others: `{"code", "message", "details": [ErrorInfo]}`.

Calls over native gRPC get the same code, sentence and details as their status.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import google.rpc.code_pb2 as codes
from google.protobuf.any_pb2 import Any as Detail
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

Json = dict[str, Any]

_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
_MIB = 2**20
MAX_MESSAGE_BYTES = 5 * _MIB
"""Longest request that is no upload; above the longest message that the gateway takes, so that its error wins."""

_RETRY_AFTER_S = 1


_CAUSE = "%LOCAL_REPLY_BODY%"


@dataclass(frozen=True)
class LocalReply:
    """One kind of error: the HTTP status that Envoy gives it, and what we say.

    Attributes:
        cause: what Envoy gives as its cause, where one status has several; any when empty.
        answered_as: the status that we give it in place of Envoy's; 0: the same.
        grpc_code: the code over native gRPC, where that is another; 0: the same.
    """

    http_status: int
    code: int
    reason: str
    sentence: str
    retry: bool = False
    cause: str = ""
    answered_as: int = 0
    grpc_code: int = 0

    def mappers(self) -> list[Json]:
        """For gRPC the sentence as text, for everybody else the JSON of `google.rpc.Status`."""
        text = {"text_format_source": {"inline_string": self._bare_sentence}}
        return [self._mapper(text, grpc=True), self._mapper(self._json(), grpc=False)]

    @property
    def _bare_sentence(self) -> str:
        """The sentence without what Envoy knows besides: a status holds the same in its details, which are written beforehand."""
        return self.sentence.replace(_CAUSE, "").rstrip()

    def _json(self) -> Json:
        info = {"@type": _ERROR_INFO, "reason": self.reason, "domain": "telltale", "metadata": {}}
        return {"json_format": {"code": self.code, "message": self.sentence, "details": [info]}}

    def _mapper(self, body: Json, *, grpc: bool) -> Json:
        status = {"status_code_filter": {"comparison": _equal(self.http_status)}}
        filters = [status, *([_cause(self.cause)] if self.cause else []), *(_NATIVE_GRPC if grpc else [])]
        mapper: Json = {
            "filter": {"and_filter": {"filters": filters}} if len(filters) > 1 else status,
            "body_format_override": body,
        }
        headers = [
            *([_set("retry-after", str(_RETRY_AFTER_S))] if self.retry else []),
            *(self._status() if grpc else []),
        ]
        mapper |= {"headers_to_add": headers} if headers else {}
        return mapper | ({"status_code": self.answered_as} if self.answered_as else {})

    def _status(self) -> list[Json]:
        """What Envoy would make of the HTTP status otherwise: INTERNAL of 400, UNKNOWN of 413, and no details."""
        details = [_packed(ErrorInfo(reason=self.reason, domain="telltale"))]
        if self.retry:
            details.append(_packed(RetryInfo(retry_delay=Duration(seconds=_RETRY_AFTER_S))))
        status = Status(code=self.grpc_code or self.code, message=self._bare_sentence, details=details)
        encoded = base64.b64encode(status.SerializeToString()).decode()
        return [_set("grpc-status", str(status.code)), _set("grpc-status-details-bin", encoded)]


def local_reply_config(max_body_bytes: int) -> Json:
    """Envoy's `local_reply_config`."""
    return {"mappers": [mapper for reply in _replies(max_body_bytes) for mapper in reply.mappers()]}


def _replies(max_body_bytes: int) -> list[LocalReply]:
    mib = f"{max_body_bytes / _MIB:.0f} MiB"
    without = f"{MAX_MESSAGE_BYTES / _MIB:.0f} MiB"
    long = f"The body is longer than {mib}; send a smaller file. Without a file it has at most {without}."
    # Envoy knows which parameter or field it was; the other sentences stand for themselves.
    invalid = f"The request does not fit the API; correct its address, parameters or body. {_CAUSE}"
    missing = (
        "There is nothing at this address. Files are judged by POST or PUT to /v1/media:analyze; the page is at /."
    )
    return [
        *_refused_tokens(),
        LocalReply(400, codes.INVALID_ARGUMENT, "INVALID_REQUEST", invalid),
        # By this code clients of gRPC know that a method is not there.
        LocalReply(404, codes.NOT_FOUND, "NOT_FOUND", missing, grpc_code=codes.UNIMPLEMENTED),
        LocalReply(
            408, codes.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", "The request took too long to arrive; send it again."
        ),
        LocalReply(413, codes.INVALID_ARGUMENT, "MEDIA_TOO_LARGE", long),
        LocalReply(
            421,
            codes.INVALID_ARGUMENT,
            "INVALID_REQUEST",
            "This server has another name; call it by 127.0.0.1 or localhost, or allow the name (TELLTALE_ENVOY_PUBLIC_HOSTS).",
        ),
        LocalReply(
            429,
            codes.RESOURCE_EXHAUSTED,
            "RATE_LIMITED",
            "Too many requests at once; try again in a second.",
            retry=True,
        ),
        LocalReply(
            431,
            codes.INVALID_ARGUMENT,
            "INVALID_REQUEST",
            "The request's headers are too long or too many; send fewer.",
        ),
        LocalReply(
            503,
            codes.UNAVAILABLE,
            "OVERLOADED",
            "The service is starting, stopping or overloaded; try again soon.",
            retry=True,
        ),
        LocalReply(
            504,
            codes.DEADLINE_EXCEEDED,
            "DEADLINE_EXCEEDED",
            "The answer took too long; try a smaller file, or again later.",
        ),
    ]


def _refused_tokens() -> list[LocalReply]:
    """Refusals of the filter `jwt_authn`; it alone answers 401 and 403."""
    unknown = (
        "This token is none of this service's: it is damaged, or of another issuer, audience or key. Sign in again."
    )
    expired = "This token has expired; sign in again."
    away = "The keys of the identity provider cannot be had at the moment; try again soon."
    return [
        LocalReply(
            401,
            codes.UNAVAILABLE,
            "OVERLOADED",
            away,
            retry=True,
            cause=_denied("Jwks_remote_fetch_is_failed"),
            answered_as=503,
        ),
        LocalReply(401, codes.UNAUTHENTICATED, "EXPIRED_TOKEN", expired, cause=_denied("Jwt_is_expired")),
        LocalReply(401, codes.UNAUTHENTICATED, "INVALID_TOKEN", unknown),
        # Envoy takes a token for somebody else as one without the right.
        LocalReply(403, codes.UNAUTHENTICATED, "INVALID_TOKEN", unknown, answered_as=401),
    ]


def _packed(message: Message) -> Detail:
    packed = Detail()
    packed.Pack(message)
    return packed


def _set(name: str, value: str) -> Json:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def _denied(why: str) -> str:
    return f"jwt_authn_access_denied{{{why}}}"


def _cause(cause: str) -> Json:
    kind = "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter"
    config = {"@type": kind, "expression": f"response.code_details == '{cause}'"}
    return {"extension_filter": {"name": "envoy.access_loggers.extension_filters.cel", "typed_config": config}}


def _equal(value: int) -> Json:
    return {"op": "EQ", "value": {"default_value": value, "runtime_key": f"telltale.local_reply.{value}"}}


def _header(name: str, match: Json) -> Json:
    return {"header_filter": {"header": {"name": name, **match}}}


# The transcoder turns REST into gRPC in place and leaves the original path behind: that tells the two apart.
_NATIVE_GRPC = [
    _header("content-type", {"string_match": {"prefix": "application/grpc"}}),
    _header("x-envoy-original-path", {"present_match": True, "invert_match": True}),
]

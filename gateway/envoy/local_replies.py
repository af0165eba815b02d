"""Errors that Envoy makes itself, in the shape of all others: `{"code", "message", "details": [ErrorInfo]}`.

Calls over native gRPC get the same sentence as their status message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import google.rpc.code_pb2 as codes

Json = dict[str, Any]

_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
_RETRY = [{"header": {"key": "retry-after", "value": "1"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}]


@dataclass(frozen=True)
class LocalReply:
    """One kind of error: the HTTP status that Envoy gives it, and what we say.

    Attributes:
        cause: what Envoy gives as its cause, where one status has several; any when empty.
        answered_as: the status that we give it in place of Envoy's; 0: the same.
    """

    http_status: int
    code: int
    reason: str
    sentence: str
    retry: bool = False
    cause: str = ""
    answered_as: int = 0

    def mappers(self) -> list[Json]:
        """For gRPC the bare sentence, for everybody else the JSON of `google.rpc.Status`."""
        text = {"text_format_source": {"inline_string": self.sentence}}
        return [self._mapper(text, grpc=True), self._mapper(self._json(), grpc=False)]

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
        mapper |= {"headers_to_add": _RETRY} if self.retry else {}
        return mapper | ({"status_code": self.answered_as} if self.answered_as else {})


def local_reply_config(max_body_bytes: int) -> Json:
    """Envoy's `local_reply_config`."""
    return {"mappers": [mapper for reply in _replies(max_body_bytes) for mapper in reply.mappers()]}


def _replies(max_body_bytes: int) -> list[LocalReply]:
    mib = f"{max_body_bytes / 2**20:.0f} MiB"
    # Envoy knows which parameter or field it was; the other sentences stand for themselves.
    invalid = "The request does not fit the API; correct its address, parameters or body. %LOCAL_REPLY_BODY%"
    missing = (
        "There is nothing at this address. Files are judged by POST or PUT to /v1/media:analyze; the page is at /."
    )
    return [
        *_refused_tokens(),
        LocalReply(400, codes.INVALID_ARGUMENT, "INVALID_REQUEST", invalid),
        LocalReply(404, codes.NOT_FOUND, "NOT_FOUND", missing),
        LocalReply(
            408, codes.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", "The request took too long to arrive; send it again."
        ),
        LocalReply(
            413, codes.INVALID_ARGUMENT, "MEDIA_TOO_LARGE", f"The body is longer than {mib}; send a smaller file."
        ),
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

"""Who may fail how: reasons that stand in the comments of calls, with the HTTP status that the edge makes of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from kit import errors
from tools.openapi.contracts import Contracts, Method

Schema = dict[str, Any]

STATUS = "google.rpc.Status"
_PREFIX = "ERROR_REASON_"
_REASONS = "telltale.common.v1.ErrorReason"
# As gRPC's codes are turned into HTTP everywhere (google/rpc/code.proto).
_HTTP = {
    "INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403, "NOT_FOUND": 404,
    "ABORTED": 409, "ALREADY_EXISTS": 409, "RESOURCE_EXHAUSTED": 429, "CANCELLED": 499, "DATA_LOSS": 500, "INTERNAL": 500,
    "UNIMPLEMENTED": 501, "UNAVAILABLE": 503, "DEADLINE_EXCEEDED": 504,
}  # fmt: skip
_TITLES = {499: "Client Closed Request", 413: "Content Too Large"}
_EVERYBODY = ("INVALID_REQUEST", "RATE_LIMITED", "OVERLOADED", "STORAGE_UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL")
_WITH_TOKEN = ("MISSING_TOKEN", "INVALID_TOKEN", "EXPIRED_TOKEN", "INSUFFICIENT_SCOPE")
_REASON = re.compile(r"\b[A-Z][A-Z_]{4,}\b")
_SCOPE = re.compile(r'Needs scope "(\w+)"')


class Failures:
    """Knows the reasons for which each call may fail."""

    def __init__(self, contracts: Contracts) -> None:
        self._methods = {method.descriptor.name: method for method in contracts.methods}
        enum = contracts.enums[_REASONS]
        self._meanings = {
            value.name.removeprefix(_PREFIX): said
            for value, said in zip(enum.descriptor.value, enum.value_comments, strict=True)
        }
        self._codes = {kind.reason_name(): kind.status.name for kind in _all_errors(errors.TelltaleError)}

    def reasons(self, method: Method) -> list[str]:
        """Reasons of a call, those of all calls included, in the order of the contract's enum."""
        named = {*_EVERYBODY, *self._named(method.descriptor.name), *(_WITH_TOKEN if scope_of(method.comment) else ())}
        return sorted(named & set(self._codes), key=list(self._meanings).index)

    def responses(self, method: Method) -> dict[str, Schema]:
        """The answers of a call that has failed, by HTTP status."""
        by_status: dict[int, list[str]] = {}
        for reason in self.reasons(method):
            by_status.setdefault(self.http_status(reason), []).append(reason)
        if method.descriptor.client_streaming:
            by_status[413] = ["MEDIA_TOO_LARGE"]  # the edge refuses what is far too long before the gateway sees it
        return {str(status): self._response(status, reasons) for status, reasons in sorted(by_status.items())}

    def table(self) -> list[dict[str, str | int]]:
        """Every reason that a caller can meet, with its codes and its meaning."""
        return [
            {"reason": reason, "status": self.http_status(reason), "code": self._codes[reason], "meaning": said}
            for reason, said in self._meanings.items()
            if reason in self._codes
        ]

    def http_status(self, reason: str) -> int:
        """The HTTP status of a reason."""
        return _HTTP[self._codes[reason]]

    def _named(self, name: str) -> Iterable[str]:
        said = self._methods[name].comment.partition("Errors:")[2].partition(". ")[0]
        yield from _REASON.findall(said)
        for other in re.findall(r"\b[A-Z][a-z]+[A-Z]\w+", said):
            yield from self._named(other)

    def _response(self, status: int, reasons: list[str]) -> Schema:
        said = [f"- `{reason}`: {self._meanings[reason]}" for reason in reasons]
        title = _TITLES.get(status) or HTTPStatus(status).phrase
        retry = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}} if status == 503 else {}
        return {
            "description": "\n".join([f"{title}.", "", *said]),
            **({"headers": retry} if retry else {}),
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{STATUS}"}}},
            "x-reasons": reasons,
        }


def scope_of(comment: str) -> str:
    """The scope that a call needs; empty when it needs no token."""
    found = _SCOPE.search(comment)
    return found[1] if found else ""


def _all_errors(base: type[errors.TelltaleError]) -> list[type[errors.TelltaleError]]:
    return [leaf for child in base.__subclasses__() for leaf in (child, *_all_errors(child))]

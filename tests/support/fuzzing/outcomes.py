"""What may come back: an answer, or a refusal that says its reason. Everything else is a finding."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from tests.support.fuzzing.attacks import Script
from tests.support.fuzzing.contract import Method

OK = "OK"
_FAULTS = {"INTERNAL", "UNKNOWN", "DATA_LOSS"}
# What grpc.aio's client says when it writes into a call that the server has ended (grpc issue 36066).
_CLIENT_FAULT = "Internal error from Core"
# How Envoy ends an HTTP/2 stream whose headers are longer than it reads; over HTTP/1.1 it answers 431.
_TOO_LONG = "(RST_STREAM (Received RST_STREAM with error code 2))"
# Answers of the transport, before anything of ours sees the call. Nothing can be added to them.
_TRANSPORT = {
    "oversized": ("RESOURCE_EXHAUSTED",),
    "headers": ("RESOURCE_EXHAUSTED", "UNAVAILABLE"),
}


@dataclass(frozen=True)
class Outcome:
    """How a call ended.

    Attributes:
        code: of gRPC by name, of HTTP by number.
        reason: that of our ErrorInfo; empty when there is none.
        left: whether the caller may have ended it.
        fault: what is known to be wrong with it already.
    """

    method: str
    attack: str
    code: str
    reason: str
    text: str
    left: bool
    fault: str = ""

    @property
    def problem(self) -> str:
        """What is wrong with it; empty when nothing is."""
        if self.fault or self.code.isdigit():
            return self.fault
        if self.code == OK or self.text.startswith(_CLIENT_FAULT):
            return ""
        if self.attack == "headers" and self.text.endswith(_TOO_LONG):
            return ""
        if self.code in _FAULTS:
            return "a fault"
        if self.reason or (self.left and self.code in {"CANCELLED", "DEADLINE_EXCEEDED"}):
            return ""
        return "" if self.code in _TRANSPORT.get(self.attack, ()) else "a refusal without a reason"


def outcome_of(method: Method, script: Script, error: grpc.aio.AioRpcError | None) -> Outcome:
    """The outcome of a call that ended, with an error or without."""
    if error is None:
        return Outcome(method.name, script.attack, OK, "", "", script.left)
    return Outcome(
        method.name, script.attack, error.code().name, _reason(error), str(error.details())[:300], script.left
    )


def cancelled(method: Method, script: Script) -> Outcome:
    """The outcome of a call that its caller has left."""
    return Outcome(method.name, script.attack, "CANCELLED", "", "", left=True)


@dataclass
class Tally:
    """All outcomes, counted, and the findings among them."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)
    findings: list[dict[str, object]] = field(default_factory=list)

    def add(self, origin: int | str, outcome: Outcome) -> None:
        """Counts one; `origin` makes it again."""
        self.counts[outcome.attack, outcome.code, outcome.reason] += 1
        self.methods[outcome.method] += 1
        if outcome.problem:
            self.findings.append({"origin": origin, "problem": outcome.problem, **vars(outcome)})

    def total(self) -> int:
        """How many there were."""
        return sum(self.counts.values())

    def document(self) -> dict[str, object]:
        """For JSON."""
        counted = sorted(self.counts.items())
        return {
            "requests": self.total(),
            "methods": dict(sorted(self.methods.items())),
            "outcomes": [{"attack": a, "code": c, "reason": r, "count": n} for (a, c, r), n in counted],
            "findings": self.findings,
        }


def _reason(error: grpc.aio.AioRpcError) -> str:
    status = rpc_status.from_call(error)
    info = error_details_pb2.ErrorInfo()
    found = status is not None and any(each.Unpack(info) and info.domain == "telltale" for each in status.details)
    return str(info.reason) if found else ""

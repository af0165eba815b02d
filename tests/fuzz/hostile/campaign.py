"""Sends damaged media to a stack and judges what it answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.fuzz.hostile.seeds import Damaged
from tests.support.edge import Reply
from tests.support.stack import Stack

PASSING = {"OVERLOADED", "DEADLINE_EXCEEDED", "DETECTOR_UNAVAILABLE", "SANDBOX_UNAVAILABLE", "STORAGE_FULL"}
"""Reasons that the contract documents with 5xx or 429: they say "not now", not "I broke"."""


@dataclass(frozen=True)
class Answer:
    """What became of one file.

    Attributes:
        outcome: "kept", "judged", or the reason of a refusal.
        failures: reasons for which detectors gave up.
        faults: what must not be.
    """

    outcome: str
    failures: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass
class Tally:
    """All answers together."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, damaged: Damaged, answer: Answer) -> None:
        """Counts one."""
        self.outcomes[answer.outcome] += 1
        self.failures.update(answer.failures)
        self.faults += [f"{damaged.label} ({len(damaged.data)} bytes): {fault}" for fault in answer.faults]


def send(stack: Stack, damaged: Damaged, *, judged: bool) -> Answer:
    """One file, judged or only stored, and deleted again."""
    headers = {"content_type": damaged.claim} if damaged.claim else {}
    if judged:
        return _judged(stack, stack.rest("POST", "/v1/media:analyze?depth=DEPTH_QUICK", damaged.data, **headers))
    reply = stack.rest("POST", "/v1/media", damaged.data, **headers)
    if reply.status != 200:
        return _refused(reply.status, reply.body)
    return Answer("kept", faults=_forget(stack, str(reply.json()["name"])))


def _judged(stack: Stack, reply: Reply) -> Answer:
    lines = [line for line in reply.body.splitlines() if line.strip()]
    last: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    if reply.status != 200 or "code" in last:
        return _refused(reply.status, lines[-1] if lines else b"")
    failures = tuple(f"{step['detector']}: {step['failure']}" for step in last.get("progress", []) if step["failure"])
    faults = [failure for failure in failures if failure.endswith("INTERNAL")]
    if last.get("state") != "ANALYSIS_STATE_SUCCEEDED":
        faults.append(f"it ended as {last.get('state')}: {last.get('error')}")
    return Answer("judged", failures, (*faults, *_forget(stack, str(last["media"]))))


def _refused(status: int, body: bytes) -> Answer:
    reason = reason_in(body)
    if not reason or (status >= 500 and reason not in PASSING):
        return Answer(reason or "untyped", faults=(f"HTTP {status}: {body[:300].decode('utf-8', 'replace')}",))
    return Answer(reason)


def _forget(stack: Stack, name: str) -> tuple[str, ...]:
    status = stack.rest("DELETE", f"/v1/{name}").status
    return () if status == 200 else (f"{name} cannot be deleted: HTTP {status}",)


def reason_in(body: bytes) -> str:
    """The typed reason of an error as Envoy writes it; empty when there is none."""
    try:
        details: Iterable[Any] = json.loads(body).get("details", [])
    except (ValueError, AttributeError):
        return ""
    return next((str(each["reason"]).removeprefix("ERROR_REASON_") for each in details if "reason" in each), "")

"""What an alert and a recorded value are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

RUNBOOK: Final = "docs/runbook.md"


class Severity(Enum):
    """Who hears of it, and when."""

    PAGE = "page"
    """Somebody is woken: people see it now, or will before the morning."""
    TICKET = "ticket"
    """Somebody looks at it on the next working day."""


@dataclass(frozen=True)
class Alert:
    """Something that a person has to know.

    Attributes:
        name: CamelCase, and a heading of the runbook.
        expression: PromQL; fires for every series that it gives.
        for_: how long it must hold without a gap, in Prometheus' notation.
        summary: one line, without numbers of the moment.
        description: a sentence or two with the numbers; a template of Prometheus.
    """

    name: str
    expression: str
    for_: str
    severity: Severity
    summary: str
    description: str

    def rule(self) -> dict[str, Any]:
        """As Prometheus reads it."""
        return {
            "alert": self.name,
            "expr": self.expression,
            "for": self.for_,
            "labels": {"severity": self.severity.value},
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": f"{RUNBOOK}#{self.name.lower()}",
            },
        }


@dataclass(frozen=True)
class Record:
    """A value that Prometheus works out in advance, for long windows and for several readers."""

    name: str
    expression: str

    def rule(self) -> dict[str, Any]:
        """As Prometheus reads it."""
        return {"record": self.name, "expr": self.expression}


@dataclass(frozen=True)
class Group:
    """Rules that are worked out one after another, every `interval`."""

    name: str
    interval: str
    rules: Sequence[Alert | Record]

    def document(self) -> dict[str, Any]:
        """As Prometheus reads it."""
        return {"name": self.name, "interval": self.interval, "rules": [each.rule() for each in self.rules]}


def share(part: str, whole: str, window: str, by: str = "") -> str:
    """PromQL: rate of the counters `part` over that of `whole`, by labels; 0 where `part` has not counted yet."""
    clause = f" by ({by})" if by else ""
    upper, lower = (f"sum{clause} (rate({each}[{window}]))" for each in (part, whole))
    return f"({upper} or 0 * {lower}) / {lower}"


def rose(counter: str, window: str, by: str) -> str:
    """PromQL: whether a counter of rare things has counted, by labels.

    It appears with its first count, of which `increase` sees nothing: so one that was not there before has risen, too.
    """
    grown = f"sum by ({by}) (increase({counter}[{window}])) > 0"
    return f"{grown} or sum by ({by}) ({counter} unless {counter} offset {window}) > 0"

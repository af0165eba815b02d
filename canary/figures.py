"""What is counted of a version: calls by status, how long they took, what its tests found. No I/O.

Figures only grow, until who counts is started again; what happened in between two looks is their difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

EDGES_MS: Final = tuple(round(1.1**power, 2) for power in range(145))
"""Upper edges of the classes of a call's duration in milliseconds, 1 ms to 15 minutes, each a tenth wider than the one
before: a bound on a ratio of 1.3 has to be seen."""

# What the caller brought about, by the numbers of gRPC: cancelled, invalid argument, not found, already exists, permission
# denied, failed precondition, out of range, unauthenticated. Every other status but OK (0) is the version's own failure.
_REFUSALS: Final = frozenset({1, 3, 5, 6, 7, 9, 11, 16})


@dataclass(frozen=True)
class Histogram:
    """How many values lie in each class; the last class has no upper edge, so there is one count more than edges."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @classmethod
    def empty(cls, edges: Sequence[float]) -> Histogram:
        """No value in any class."""
        return cls(tuple(map(float, edges)), (0,) * (len(edges) + 1))

    @property
    def total(self) -> int:
        """All values."""
        return sum(self.counts)

    def plus(self, other: Histogram) -> Histogram:
        """Both together; their edges are the same."""
        return Histogram(self.edges, tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)))

    def since(self, earlier: Histogram) -> Histogram:
        """What came after `earlier`; all of it where that is more, since a process that was started again counts from zero."""
        if self.total < earlier.total:
            return self
        pairs = zip(self.counts, earlier.counts, strict=True)
        return Histogram(self.edges, tuple(max(0, now - before) for now, before in pairs))

    def quantile(self, share: float) -> float:
        """The upper edge of the class that this share, (0, 1], of the values does not exceed; nan without values."""
        wanted, seen = math.ceil(share * self.total), 0
        if not wanted:
            return math.nan
        for edge, count in zip((*self.edges, math.inf), self.counts, strict=True):
            seen += count
            if seen >= wanted:
                return edge
        return math.inf

    def above(self, bound: float) -> int:
        """How many values surely lie above the bound: those of classes that begin there or later."""
        begins = (-math.inf, *self.edges)
        return sum(count for begin, count in zip(begins, self.counts, strict=True) if begin >= bound)


@dataclass(frozen=True)
class Calls:
    """Calls by the number of their gRPC status, and how long they took in milliseconds."""

    by_status: Mapping[int, int]
    latency_ms: Histogram

    @classmethod
    def none(cls) -> Calls:
        """Nobody called."""
        return cls({}, Histogram.empty(EDGES_MS))

    @property
    def total(self) -> int:
        """All calls that have ended."""
        return sum(self.by_status.values())

    @property
    def errors(self) -> int:
        """Those that ended by a failure of the version itself."""
        return sum(count for status, count in self.by_status.items() if status and status not in _REFUSALS)

    @property
    def refusals(self) -> int:
        """Those whose caller was told to do something else."""
        return sum(count for status, count in self.by_status.items() if status in _REFUSALS)

    def plus(self, other: Calls) -> Calls:
        """Both together."""
        statuses = {*self.by_status, *other.by_status}
        counts = {status: self.by_status.get(status, 0) + other.by_status.get(status, 0) for status in statuses}
        return Calls(counts, self.latency_ms.plus(other.latency_ms))

    def since(self, earlier: Calls) -> Calls:
        """What came after `earlier`; all of it where that is more, see `Histogram.since`."""
        if self.total < earlier.total:
            return self
        counts = {status: max(0, now - earlier.by_status.get(status, 0)) for status, now in self.by_status.items()}
        return Calls(counts, self.latency_ms.since(earlier.latency_ms))


@dataclass(frozen=True)
class Figures:
    """A version's calls, and for every test by name how many of its findings lie in which class of log-odds.

    The last class of a test counts the times that it had no opinion.
    """

    calls: Calls
    findings: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def none(cls) -> Figures:
        """Nothing happened."""
        return cls(Calls.none())

    def plus(self, other: Figures) -> Figures:
        """Both together."""
        cues = {*self.findings, *other.findings}
        found = {cue: _together(self.findings.get(cue, ()), other.findings.get(cue, ())) for cue in cues}
        return Figures(self.calls.plus(other.calls), found)

    def since(self, earlier: Figures) -> Figures:
        """What came after `earlier`, which must be a moment ago: who was started again may have counted as much since."""
        found = {cue: _after(counts, earlier.findings.get(cue, ())) for cue, counts in self.findings.items()}
        return Figures(self.calls.since(earlier.calls), found)


def _together(some: tuple[int, ...], others: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip_longest(some, others, fillvalue=0))


def _after(now: tuple[int, ...], before: tuple[int, ...]) -> tuple[int, ...]:
    if sum(now) < sum(before):
        return now
    return tuple(max(0, count - (before[place] if place < len(before) else 0)) for place, count in enumerate(now))

"""Figures of versions for tests of canaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from canary.figures import EDGES_MS, Calls, Figures, Histogram
from canary.policy import SHIPPED, CanaryPolicy, read_policy

OK, INVALID, INTERNAL = 0, 3, 13


def policy(**changes: object) -> CanaryPolicy:
    """The shipped one, with steps that are short and few calls."""
    return read_policy(SHIPPED, **{"step_s": 10.0, "patience_s": 60.0, "min_calls": 20, **changes})


def latency(*durations_ms: float) -> Histogram:
    """A histogram of these durations."""
    counts = [0] * (len(EDGES_MS) + 1)
    for duration_ms in durations_ms:
        counts[next((place for place, edge in enumerate(EDGES_MS) if duration_ms <= edge), len(EDGES_MS))] += 1
    return Histogram(EDGES_MS, tuple(counts))


def figures(
    good: int,
    errors: int = 0,
    refusals: int = 0,
    *,
    ms: float = 100.0,
    slow: int = 0,
    slow_ms: float = 1000.0,
    findings: Mapping[str, Sequence[int]] | None = None,
) -> Figures:
    """So many calls of each kind, so many of the good ones slow."""
    timed = latency(*[ms] * (good - slow), *[slow_ms] * slow)
    found = {cue: tuple(counts) for cue, counts in (findings or {}).items()}
    return Figures(Calls({OK: good, INTERNAL: errors, INVALID: refusals}, timed), found)

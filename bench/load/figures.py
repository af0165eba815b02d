"""What samples come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

import numpy as np

from bench.load.offers import Sample

_OK, _SHED = HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS


@dataclass(frozen=True)
class Figures:
    """One phase.

    Attributes:
        admitted_hz: calls answered with a verdict, per second.
        shed: refusals with 429, and how many of them say when to try again.
        other: everything else, by status and reason. Should be empty.
    """

    calls: int
    offered_hz: float
    admitted: int
    admitted_hz: float
    p50_s: float
    p90_s: float
    p99_s: float
    shed: int
    shed_with_retry_info: int
    other: dict[str, int]

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def figures(samples: Sequence[Sample], duration_s: float) -> Figures:
    """The figures of a phase."""
    admitted = [each.took_s for each in samples if each.status == _OK]
    shed = [each for each in samples if each.status == _SHED]
    other = Counter(f"{each.status} {each.reason}" for each in samples if each.status not in (_OK, _SHED))
    p50, p90, p99 = (float(each) for each in np.percentile(admitted or [float("nan")], [50, 90, 99]))
    return Figures(
        len(samples), len(samples) / duration_s, len(admitted), len(admitted) / duration_s, p50, p90, p99,
        len(shed), sum(each.retry_info for each in shed), dict(other),
    )  # fmt: skip


def shares(samples: Sequence[Sample], callers: int) -> list[dict[str, float]]:
    """Of each caller: how many calls it made, which share of them was admitted, and its 99th percentile."""
    found = []
    for caller in range(callers):
        own = [each for each in samples if each.caller == caller]
        admitted = [each.took_s for each in own if each.status == _OK]
        found.append(
            {
                "calls": len(own),
                "admitted": len(admitted),
                "admitted_share": len(admitted) / max(1, len(own)),
                "p99_s": float(np.percentile(admitted, 99)) if admitted else float("nan"),
            }
        )
    return found

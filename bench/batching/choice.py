"""What the measurements recommend.

With all cores full, a batch pays by taking less CPU time than its requests by themselves; throughput says the same on a machine
with nothing else to do, and on no other. Both have to.
"""

from __future__ import annotations

import statistics
from typing import Any

# A batch makes everybody in it wait for all of it, so it has to do a good deal more work than runs side by side.
WORTH_IT = 1.1


def gain(network: dict[str, Any], together: int, wait_ms: float = 0.0) -> tuple[float, float]:
    """How many times more requests are answered under 8 and 32 callers when so many share a run than when none do.

    By the clock, and by the CPU time of one.
    """
    pairs = [(_of(network, together, clients, wait_ms), _of(network, 1, clients, 0.0)) for clients in (8, 32)]
    return (
        statistics.geometric_mean(shared["throughput"] / single["throughput"] for shared, single in pairs),
        statistics.geometric_mean(single["cpu"] / shared["cpu"] for shared, single in pairs),
    )


def recommended(network: dict[str, Any]) -> int:
    """How many requests are best run together."""
    if not network["free_rows"]:
        return 1
    best = max((2, 4, 8), key=lambda together: min(gain(network, together)))
    return best if min(gain(network, best)) >= WORTH_IT else 1


def _of(network: dict[str, Any], together: int, clients: int, wait_ms: float) -> dict[str, float]:
    wanted = {"how": "batcher", "together": together, "clients": clients, "wait_ms": wait_ms}
    return next(case for case in network["cases"] if wanted.items() <= case.items())

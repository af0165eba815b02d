"""What the measurement is held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.serving.catalogue import OURS, WALLED
from bench.serving.figures import Figures

THROUGHPUT_BAR, BUSY = 1.0, (8, 32)
"""Of the plain loop, at so many clients."""
P50_BAR = 1.3
"""Of the bare function, at one client."""


def problems(found: Mapping[str, Sequence[Figures]]) -> list[str]:
    """What does not keep the bars; empty when all is well."""
    return [*_slow(found[OURS]), *_behind(found)]


def _slow(own: Sequence[Figures]) -> Iterator[str]:
    for each in own:
        if each.clients in BUSY and each.throughput.median < THROUGHPUT_BAR:
            yield f"{each.clients} clients: {each.throughput.median:.2f} of the loop, not {THROUGHPUT_BAR:g}"
        if each.clients == 1 and each.p50.median > P50_BAR:
            yield f"one client: p50 is {each.p50.median:.2f} of the bare function's, not {P50_BAR:g}"


def _behind(found: Mapping[str, Sequence[Figures]]) -> Iterator[str]:
    ours = {each.clients: each.throughput.median for each in found[OURS]}
    for name, own in found.items():
        for each in own:
            ahead = ours[each.clients]
            if name not in (OURS, WALLED) and each.clients in BUSY and each.throughput.median >= ahead:
                yield f"{each.clients} clients: {name} has {each.throughput.median:.2f} of the loop, we have {ahead:.2f}"

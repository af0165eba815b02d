"""Latencies of several doors to the same work, measured in turns so that whatever the machine does hits all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

Door = Callable[[bytes], object]


@dataclass(frozen=True)
class Latency:
    """Milliseconds of one door with so many clients at once."""

    door: str
    clients: int
    calls: int
    p50_ms: float
    p90_ms: float
    p99_ms: float

    @classmethod
    def of(cls, door: str, clients: int, milliseconds: list[float]) -> Latency:
        """Percentiles of single calls."""
        p50, p90, p99 = (float(value) for value in np.percentile(milliseconds, [50, 90, 99]))
        return cls(door, clients, len(milliseconds), p50, p90, p99)


def measure(doors: Mapping[str, Door], photo: bytes, clients: int, calls: int, rounds: int) -> list[Latency]:
    """`calls` calls of each door by `clients` clients at once, in `rounds` turns after one unmeasured turn."""
    taken: dict[str, list[float]] = {name: [] for name in doors}
    with ThreadPoolExecutor(clients) as pool:
        for turn in range(rounds + 1):
            for name, door in doors.items():
                share = max(clients, calls // rounds)
                milliseconds = list(pool.map(lambda _, door=door: _timed(door, photo), range(share)))
                taken[name] += milliseconds if turn else []
    return [Latency.of(name, clients, values) for name, values in taken.items()]


def _timed(door: Door, photo: bytes) -> float:
    started_s = time.perf_counter()
    door(photo)
    return (time.perf_counter() - started_s) * 1000

"""What the turns come to: ratios within each round, then the median over rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np

from bench.serving.load import Spell
from bench.serving.turns import Round, Turn


@dataclass(frozen=True)
class Spread:
    """The median over rounds, and the lowest and highest round."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least one value."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True)
class Figures:
    """One server with so many clients.

    Attributes:
        throughput: per second, over that of the plain loop beside it.
        p50, p99: of a call, over the median of the function in that loop.
        cpu_s: of the server, per request; `loop_cpu_s` is that of the loop.
        client_cores: what the clients computed, in cores.
    """

    clients: int
    throughput: Spread
    p50: Spread
    p99: Spread
    throughput_hz: Spread
    p50_s: Spread
    p99_s: Spread
    cpu_s: Spread
    requests_per_cpu_s: Spread
    client_cores: Spread
    memory_bytes: int

    @classmethod
    def of(cls, rounds: Sequence[Round], clients: int) -> Figures:
        """Of all rounds of one server."""
        spells = [each.spells[clients] for each in rounds]
        return cls(
            clients=clients,
            throughput=Spread.of([each.spells[clients].throughput_hz / loop_hz(each) for each in rounds]),
            p50=Spread.of([_latency_s(each.spells[clients], 50) / loop_p50_s(each) for each in rounds]),
            p99=Spread.of([_latency_s(each.spells[clients], 99) / loop_p50_s(each) for each in rounds]),
            throughput_hz=Spread.of([each.throughput_hz for each in spells]),
            p50_s=Spread.of([_latency_s(each, 50) for each in spells]),
            p99_s=Spread.of([_latency_s(each, 99) for each in spells]),
            cpu_s=Spread.of([each.server_cpu_s / len(each.latencies_s) for each in spells]),
            requests_per_cpu_s=Spread.of([len(each.latencies_s) / each.server_cpu_s for each in spells]),
            client_cores=Spread.of([each.client_cpu_s / each.window_s for each in spells]),
            memory_bytes=max(each.memory_bytes for each in spells),
        )


@dataclass(frozen=True)
class LoopFigures:
    """The plain loop, over all its turns."""

    throughput_hz: Spread
    p50_s: Spread
    p99_s: Spread
    cpu_s: Spread

    @classmethod
    def of(cls, turns: Sequence[Turn]) -> LoopFigures:
        """Of at least one turn."""
        return cls(
            Spread.of([each.throughput_hz for each in turns]),
            Spread.of([_percentile(each.latencies_s, 50) for each in turns]),
            Spread.of([_percentile(each.latencies_s, 99) for each in turns]),
            Spread.of([each.cpu_s / len(each.latencies_s) for each in turns]),
        )


def figures(taken: Mapping[str, Sequence[Round]], clients: Sequence[int]) -> dict[str, list[Figures]]:
    """Of every server, by name."""
    return {name: [Figures.of(rounds, each) for each in clients] for name, rounds in taken.items()}


def loop_turns(taken: Mapping[str, Sequence[Round]]) -> list[Turn]:
    """Each turn of the loop once, although it stands between two servers."""
    return [each.after for rounds in taken.values() for each in rounds]


def by_photo(turns: Sequence[Turn], photos: int) -> list[float]:
    """Median seconds of the function for each photo: turns are whole rounds through them, so accidents do not show."""
    every = np.concatenate([np.reshape(each.latencies_s, (-1, photos)) for each in turns])
    medians: list[float] = np.median(every, axis=0).tolist()
    return medians


def loop_hz(beside: Round) -> float:
    """Throughput of the loop around a server's turn."""
    photos = len(beside.before.latencies_s) + len(beside.after.latencies_s)
    return photos / (beside.before.window_s + beside.after.window_s)


def loop_p50_s(beside: Round) -> float:
    """Median of the function around a server's turn."""
    return _percentile([*beside.before.latencies_s, *beside.after.latencies_s], 50)


def document(found: Mapping[str, Sequence[Figures]]) -> dict[str, Any]:
    """For JSON."""
    return {name: [asdict(each) for each in own] for name, own in found.items()}


def _latency_s(own: Spell, percent: float) -> float:
    return _percentile(own.latencies_s, percent)


def _percentile(values: Sequence[float], percent: float) -> float:
    return float(np.percentile(values, percent))

"""The phases: what the stack can bear, how it answers then, and how when twice as much is asked of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.load.client import Answer, Client
from bench.load.figures import Figures, figures, shares
from bench.load.offers import Sample, closed, open_loop
from bench.load.stack import LoadedStack
from bench.video.memory import held_mib

SLOWER = 2.0
"""The stack bears what makes the median answer at most so many times slower than alone."""

WEIGHTS = (10, 1, 1, 1)
"""How often callers come when twice as much is offered; each has a token of its own."""

LEVELS = (1, 2, 3, 4, 6, 8, 12, 16)
_WATCH_S = 2.0


@dataclass
class Load:
    """Calls one stack with photos that are all different."""

    stack: LoadedStack
    photos: Iterator[bytes]
    client: Client

    async def call(self, caller: int) -> Answer:
        """A call with the token of a caller."""
        return await self.client.analyze(self.stack.tokens[caller % len(self.stack.tokens)], next(self.photos))


@dataclass
class Memory:
    """What the services held, look by look."""

    looks: list[dict[str, float]] = field(default_factory=list)

    def document(self) -> dict[str, dict[str, float]]:
        """Of each service: MiB at the beginning and at the end (means of a tenth of the looks), and the most."""
        tenth = max(1, len(self.looks) // 10)
        return {
            name: {
                "begin_mib": _mean(self.looks[:tenth], name),
                "end_mib": _mean(self.looks[-tenth:], name),
                "most_mib": max(look.get(name, 0.0) for look in self.looks),
            }
            for name in (self.looks[0] if self.looks else ())
        }


async def sustainable(load: Load, seconds_a_level: float) -> tuple[float, list[dict[str, Any]]]:
    """Answers a second at the highest concurrency that does not make the median twice as slow; and all levels."""
    await closed(load.call, 2, seconds_a_level / 2)  # warm-up
    levels: list[dict[str, Any]] = []
    best_hz = 0.0
    for concurrency in LEVELS:
        found = figures(await closed(load.call, concurrency, seconds_a_level), seconds_a_level)
        levels.append({"concurrency": concurrency, **found.document()})
        if found.p50_s > SLOWER * levels[0]["p50_s"]:
            break
        best_hz = max(best_hz, found.admitted_hz)
    return best_hz, levels


async def offered(
    load: Load, rate_hz: float, duration_s: float, weights: Sequence[int], chance: random.Random
) -> tuple[Figures, list[Sample], Memory]:
    """What comes of offering a rate, whether it can be borne or not."""
    async with _watched(load.stack.pid) as memory:
        samples = await open_loop(load.call, weights, rate_hz, duration_s, chance)
    return figures(samples, duration_s), samples, memory


def fairness(samples: Sequence[Sample], weights: Sequence[int]) -> list[dict[str, float]]:
    """Whose turn it was: of each caller the weight with which it came, and what it got."""
    return [{"weight": weight, **each} for weight, each in zip(weights, shares(samples, len(weights)), strict=True)]


@asynccontextmanager
async def _watched(pid: int) -> AsyncIterator[Memory]:
    memory = Memory()

    async def look() -> None:
        while True:
            memory.looks.append(await asyncio.to_thread(held_mib, pid, "Anonymous"))
            await asyncio.sleep(_WATCH_S)

    task = asyncio.create_task(look())
    try:
        yield memory
    finally:
        task.cancel()
        await asyncio.wait({task})


def _mean(looks: Sequence[dict[str, float]], name: str) -> float:
    return sum(look.get(name, 0.0) for look in looks) / max(1, len(looks))

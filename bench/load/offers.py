"""Load: callers who wait for their answer before they ask again, and callers who come whether others were answered or not."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bench.load.client import Answer

Call = Callable[[int], Awaitable[Answer]]
"""Makes a call of the so-manieth caller."""

_BROKEN = (OSError, EOFError, TimeoutError)


@dataclass(frozen=True)
class Sample:
    """How a call went.

    Attributes:
        caller: whose it was.
        took_s: from the moment at which it was to be made.
        status: of HTTP; 0 when the connection broke.
        reason: of a refusal.
        retry_info: whether a refusal says when to try again.
    """

    caller: int
    took_s: float
    status: int
    reason: str
    retry_info: bool


async def closed(call: Call, concurrency: int, duration_s: float) -> list[Sample]:
    """`concurrency` callers, each asking again as soon as it was answered."""
    samples: list[Sample] = []
    end_s = time.monotonic() + duration_s

    async def ask(caller: int) -> None:
        while time.monotonic() < end_s:
            samples.append(await _timed(call, caller, time.monotonic()))

    await asyncio.gather(*(ask(caller) for caller in range(concurrency)))
    return samples


async def open_loop(
    call: Call, weights: Sequence[int], rate_hz: float, duration_s: float, chance: random.Random
) -> list[Sample]:
    """Calls at chance moments, `rate_hz` on average, of callers who come as often as their weights say."""
    samples: list[Sample] = []
    tasks: set[asyncio.Task[None]] = set()

    async def ask(caller: int, due_s: float) -> None:
        samples.append(await _timed(call, caller, due_s))

    start_s = time.monotonic()
    due_s = start_s
    for _ in itertools.count():
        due_s += chance.expovariate(rate_hz)
        if due_s > start_s + duration_s:
            break
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        [caller] = chance.choices(range(len(weights)), weights)
        task = asyncio.create_task(ask(caller, due_s))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return samples


async def _timed(call: Call, caller: int, due_s: float) -> Sample:
    try:
        answer = await call(caller)
    except _BROKEN as error:
        return Sample(caller, time.monotonic() - due_s, 0, type(error).__name__, retry_info=False)
    took_s = time.monotonic() - due_s
    return Sample(caller, took_s, answer.status, answer.reason, retry_info=answer.says_when_to_retry)

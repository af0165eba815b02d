from __future__ import annotations

import asyncio
import random

from bench.load.client import Answer
from bench.load.offers import Sample, closed, open_loop

OK = Answer(200, {}, b"{}")


async def test_a_closed_loop_never_asks_more_at_once_than_it_has_callers() -> None:
    inside, most = 0, 0

    async def call(_: int) -> Answer:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.001)
        inside -= 1
        return OK

    samples = await closed(call, 3, 0.05)
    assert most == 3
    assert {each.caller for each in samples} == {0, 1, 2}


async def test_an_open_loop_asks_whether_it_is_answered_or_not() -> None:
    answered = asyncio.Event()
    asked = 0

    async def call(_: int) -> Answer:
        nonlocal asked
        asked += 1
        if asked == 20:
            answered.set()
        await answered.wait()
        return OK

    samples = await open_loop(call, (3, 1), 1000.0, 0.1, random.Random(1))
    assert len(samples) >= 20
    assert sum(each.caller == 0 for each in samples) > sum(each.caller == 1 for each in samples)


async def test_a_broken_connection_is_a_sample_like_others() -> None:
    async def call(_: int) -> Answer:
        await asyncio.sleep(0.001)
        raise ConnectionResetError

    samples = await closed(call, 1, 0.005)
    assert samples[0] == Sample(0, samples[0].took_s, 0, "ConnectionResetError", retry_info=False)

"""What a cancelled call must not tear apart."""

from __future__ import annotations

import asyncio

import pytest

from gateway.uninterrupted import uninterrupted


async def test_work_runs_to_its_end_before_its_caller_is_cancelled() -> None:
    begun, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @uninterrupted
    async def work() -> None:
        begun.set()
        await go_on.wait()
        ended.set()

    caller = asyncio.ensure_future(work())
    await begun.wait()
    caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert ended.is_set()

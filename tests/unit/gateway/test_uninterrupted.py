"""What a cancelled call must not tear apart."""

from __future__ import annotations

import asyncio
import threading

import pytest

from gateway.uninterrupted import in_thread_until_cancelled, uninterrupted
from kit.media.cancel import CancelToken


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


async def test_work_in_a_thread_hears_that_its_caller_was_cancelled_and_ends_before_it() -> None:
    loop, begun, stop, ended = asyncio.get_running_loop(), asyncio.Event(), threading.Event(), threading.Event()

    def work(cancel: CancelToken) -> None:
        cancel.on_cancel(stop.set)
        loop.call_soon_threadsafe(begun.set)
        assert stop.wait(5)
        ended.set()
        cancel.raise_if_cancelled()

    caller = asyncio.ensure_future(in_thread_until_cancelled(work))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert ended.is_set()

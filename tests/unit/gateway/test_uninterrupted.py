"""What a cancelled call must not tear apart."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest

from gateway.uninterrupted import in_thread_until_cancelled, side_by_side, uninterrupted
from kit.media.cancel import CancelToken


@pytest.mark.parametrize("times", [1, 2])
async def test_work_runs_to_its_end_before_its_caller_is_cancelled(times: int) -> None:
    begun, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @uninterrupted
    async def work() -> None:
        begun.set()
        await go_on.wait()
        ended.set()

    caller = asyncio.ensure_future(work())
    await begun.wait()
    for _ in range(times):
        caller.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert not caller.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert ended.is_set()


async def test_a_failure_that_nobody_is_left_to_hear_is_not_reported() -> None:
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    begun, go_on = asyncio.Event(), asyncio.Event()

    @uninterrupted
    async def work() -> None:
        begun.set()
        await go_on.wait()
        raise ValueError("nothing there")

    caller = asyncio.ensure_future(work())
    await begun.wait()
    caller.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    gc.collect()
    assert reported == []


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


async def test_both_of_two_works_are_answered() -> None:
    async def give(value: int) -> int:
        return value

    assert await side_by_side(give(1), give(2)) == (1, 2)


async def test_the_failure_of_one_ends_the_other_before_it_is_told() -> None:
    ended = asyncio.Event()

    async def fail() -> None:
        raise ValueError("first")

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.set()

    with pytest.raises(ValueError, match="first"):
        await side_by_side(fail(), wait())
    assert ended.is_set()


async def test_who_is_cancelled_ends_both() -> None:
    begun, ended = asyncio.Semaphore(0), []

    async def wait(name: str) -> None:
        begun.release()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    caller = asyncio.ensure_future(side_by_side(wait("a"), wait("b")))
    await begun.acquire()
    await begun.acquire()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert sorted(ended) == ["a", "b"]

"""Places, queues, locks and steps."""

from __future__ import annotations

import asyncio

import pytest

from gateway.case import Publish
from gateway.places import Locks, Slots, steps
from kit.errors import Overloaded, StorageFull
from telltale.gateway.v1 import resources_pb2


async def test_beyond_places_and_queue_everybody_is_refused() -> None:
    slots = Slots(places=1, queue_length=1)
    async with slots.place():
        waiting = asyncio.ensure_future(_take(slots))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            slots.refuse_when_full()
        with pytest.raises(Overloaded):
            await asyncio.wait_for(_take(slots), 5)
    await waiting
    slots.refuse_when_full()


async def test_who_gives_up_waiting_leaves_the_queue() -> None:
    slots = Slots(places=1, queue_length=1)
    async with slots.place():
        waiting = asyncio.ensure_future(_take(slots))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        slots.refuse_when_full()


async def test_equal_keys_exclude_each_other_and_others_do_not() -> None:
    locks, inside = Locks(), asyncio.Event()

    async def hold(key: str) -> None:
        async with locks.hold(key):
            inside.set()

    async with locks.hold("a"):
        equal = asyncio.ensure_future(hold("a"))
        await asyncio.sleep(0)
        assert not inside.is_set()
        await hold("b")
        assert inside.is_set()
    await equal


async def test_no_key_excludes_nobody() -> None:
    locks = Locks()
    async with locks.hold(None), locks.hold(None):
        pass


async def test_steps_are_what_was_published_and_then_the_result() -> None:
    async def work(publish: Publish) -> resources_pb2.Analysis:
        publish(resources_pb2.Analysis(name="first"))
        return resources_pb2.Analysis(name="last")

    assert [step.name async for step in steps(work)] == ["first", "last"]


async def test_steps_end_with_the_error_of_the_work() -> None:
    async def work(publish: Publish) -> resources_pb2.Analysis:
        raise StorageFull("full")

    with pytest.raises(StorageFull):
        [step async for step in steps(work)]


async def test_work_stops_when_nobody_looks_any_more() -> None:
    stopped = asyncio.Event()

    async def work(publish: Publish) -> resources_pb2.Analysis:
        publish(resources_pb2.Analysis())
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return resources_pb2.Analysis()

    answers = steps(work)
    await anext(answers)
    await answers.aclose()
    assert stopped.is_set()


async def _take(slots: Slots) -> None:
    async with slots.place():
        pass

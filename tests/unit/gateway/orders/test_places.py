"""Places, queues, locks and steps."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from gateway.making.case import Publish
from gateway.orders.places import Locks, Queue, Slots, steps
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


def wait_in(stack: ExitStack, queue: Queue, turn: str) -> int:
    """How many of a turn can wait until one is refused."""
    admitted = 0
    try:
        while admitted < 100:
            stack.enter_context(queue.waiting(turn))
            admitted += 1
    except Overloaded:
        pass
    return admitted


def test_one_alone_may_take_every_place_to_wait() -> None:
    with ExitStack() as stack:
        assert wait_in(stack, Queue(10), "greedy") == 10


def test_who_has_less_than_a_fair_share_is_let_in_when_another_has_taken_all() -> None:
    queue = Queue(10)
    with ExitStack() as stack:
        wait_in(stack, queue, "greedy")
        assert wait_in(stack, queue, "modest") == 10
        assert wait_in(stack, queue, "third") == 7
        assert wait_in(stack, queue, "fourth") > 0
        assert wait_in(stack, queue, "greedy") == 0


def test_many_tokens_together_are_at_most_three_times_as_many() -> None:
    queue = Queue(10)
    with ExitStack() as stack:
        assert sum(wait_in(stack, queue, f"token {number}") for number in range(100)) <= 30


def test_who_has_left_makes_room() -> None:
    queue = Queue(1)
    for _ in range(3):
        with queue.waiting("a"):
            pass
    with ExitStack() as stack:
        assert wait_in(stack, queue, "b") == 1

from __future__ import annotations

import asyncio

import pytest

from gateway.jobs.hands import Hands, Limits
from tests.support.clock import FakeClock
from tests.support.job_work import FakeWork, until


def hands(work: FakeWork, analyses: int = 2) -> Hands:
    return Hands(work, Limits(analyses, pauses_s=(0.01,)), FakeClock())


async def test_no_more_analyses_are_at_work_than_allowed() -> None:
    work = FakeWork()
    ours = hands(work)
    tasks = [asyncio.create_task(ours.examine(f"analysis-held{count}", f"held{count}")) for count in range(5)]
    await until(lambda: work.at_once == 2)
    work.go_on.set()
    await asyncio.gather(*tasks)
    assert work.most_at_once == 2


async def test_the_next_attempt_is_given_as_a_moment() -> None:
    work = FakeWork()
    work.pauses_s = [30.0]
    ours = hands(work)
    due_s = await ours.deliver("notification-n", "n")
    assert due_s is not None
    assert due_s - FakeClock().now().timestamp() == pytest.approx(30.0)
    assert await ours.deliver("notification-n", "n") is None


async def test_a_moment_that_has_passed_is_not_waited_for() -> None:
    assert await asyncio.wait_for(hands(FakeWork()).wait_until("notification-n", 0.0), 1.0)


async def test_a_long_wait_keeps_no_place() -> None:
    later_s = FakeClock().now().timestamp() + 61.0
    assert not await asyncio.wait_for(hands(FakeWork()).wait_until("notification-n", later_s), 1.0)


async def test_stopped_work_has_ended_and_is_forgotten() -> None:
    work = FakeWork()
    ours = hands(work)
    task = asyncio.create_task(ours.examine("analysis-held", "held"))
    await until(lambda: work.at_once == 1)
    await ours.stopped(["analysis-held", "analysis-other"])
    assert work.stopped == ["held"]
    assert ours.busy() == []
    assert task.cancelled()

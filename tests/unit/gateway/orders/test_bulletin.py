"""News reach who watches, and nobody else."""

from __future__ import annotations

import asyncio

from gateway.orders.bulletin import Bulletin, has_ended
from telltale.gateway.v1 import resources_pb2


def step(name: str = "analyses/a") -> resources_pb2.Analysis:
    return resources_pb2.Analysis(name=name, state=resources_pb2.ANALYSIS_STATE_RUNNING)


async def test_steps_and_changes_reach_every_watcher_in_order() -> None:
    bulletin = Bulletin()
    with bulletin.watched("analyses/a") as first, bulletin.watched("analyses/a") as second:
        bulletin.publish(step())
        bulletin.changed("analyses/a")
        for watcher in (first, second):
            assert await watcher.news(1) == step()
            assert await watcher.news(1) is None


async def test_news_of_others_and_news_before_the_watch_are_not_heard() -> None:
    bulletin = Bulletin()
    bulletin.publish(step())
    with bulletin.watched("analyses/a") as watcher:
        bulletin.publish(step("analyses/b"))
        assert await watcher.news(0.01) is None


async def test_who_does_not_read_loses_steps_and_holds_nobody_up() -> None:
    bulletin = Bulletin()
    with bulletin.watched("analyses/a") as watcher:
        for _ in range(1000):
            bulletin.publish(step())
        async with asyncio.timeout(5):
            heard = 0
            while await watcher.news(0.01) is not None:
                heard += 1
    assert 0 < heard < 1000


async def test_cancelling_who_waits_is_not_swallowed_by_a_step_that_comes_at_that_moment() -> None:
    bulletin = Bulletin()
    with bulletin.watched("analyses/a") as watcher:
        waiting = asyncio.ensure_future(watcher.news(60))
        await asyncio.sleep(0)
        bulletin.publish(step())
        waiting.cancel()
        await asyncio.wait({waiting})
    assert waiting.cancelled()


def test_only_ends_are_ends() -> None:
    states = resources_pb2.AnalysisState
    ended = {state for state in states.values() if has_ended(resources_pb2.Analysis(state=state))}
    assert ended == {states.Value(f"ANALYSIS_STATE_{name}") for name in ("SUCCEEDED", "FAILED", "CANCELLED")}

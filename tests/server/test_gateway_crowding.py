"""Many callers at once, and those whose files must not be kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kit.errors import Overloaded
from telltale.gateway.v1 import resources_pb2
from tests.support import operations
from tests.support.gateway import SOUND, refusal, running_gateway


async def test_too_many_who_wait_are_refused_and_orders_are_not(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_analyses=1, max_queued_analyses=0) as world:
        world.backends.image.go_on.clear()
        call = asyncio.ensure_future(world.analyze())
        await world.backends.image.started.wait()
        assert isinstance(await refusal(world.analyze()), Overloaded)
        assert not (await world.create((await world.upload()).name)).done
        world.backends.image.go_on.set()
        await call


async def test_who_waits_in_too_many_calls_leaves_room_for_others(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_concurrent_calls=12) as world:
        world.engine.go_on.clear()
        operation = await world.create((await world.upload()).name)
        calls = [
            world.waiting.WatchOperation(operations.watching(operation.name), metadata=world.headers) for _ in range(3)
        ]
        for call in calls:
            await call.read()
        assert isinstance(await refusal(operations.wait_for(world, operation.name)), Overloaded)
        world.headers = await world.headers_for()
        assert not (await operations.wait_for(world, operation.name, 0)).done
        for call in calls:
            call.cancel()
        world.engine.go_on.set()


async def test_orders_that_would_wait_too_long_are_refused_with_a_pause(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_waiting_orders=1) as world:
        media = (await world.upload()).name
        world.engine.go_on.clear()
        await world.create(media)
        error = await refusal(world.create(media))
        assert isinstance(error, Overloaded)
        assert error.retry_after_s == 30
        world.engine.go_on.set()


async def test_who_has_no_order_waiting_is_not_refused_for_the_many_of_others(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_waiting_orders=10) as world:
        world.engine.go_on.clear()
        media = (await world.upload()).name
        for _ in range(10):
            await world.create(media)
        assert isinstance(await refusal(world.create(media)), Overloaded)
        world.headers = await world.headers_for()
        assert not (await world.create(media)).done
        world.engine.go_on.set()


async def test_what_must_not_be_kept_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze(retention=resources_pb2.RETENTION_NONE)
        assert (analysis.name, analysis.media, analysis.verdict.risk_score > 0) == ("", "", True)
        assert any(piece.finding.map.values for piece in analysis.evidence)
        assert not (await operations.list_all(world)).operations
        assert (list(world.blobs.keys()), world.engine.submitted) == ([], [])


async def test_what_must_not_be_kept_is_given_up_with_the_call(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.metadata.go_on.clear()
        call = asyncio.ensure_future(world.analyze(SOUND, retention=resources_pb2.RETENTION_NONE))
        await world.backends.metadata.started.wait()
        call.cancel()
        await asyncio.wait_for(world.backends.metadata.cancelled.wait(), 5)

"""Analyses as long-running operations."""

from __future__ import annotations

import asyncio
import time
import uuid
from pathlib import Path

from google.longrunning import operations_pb2
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2

from gateway.storage.database import open_database
from kit.errors import Cancelled, InvalidRequest, NotFound, RequestIdReused
from telltale.gateway.v1 import media_service_pb2, resources_pb2
from tests.support import operations
from tests.support.gateway import PHOTO, VIDEO, refusal, running_gateway
from tests.support.storeroom import work_on

KEY = str(uuid.UUID(int=7))
CANCELLED, FAILED = resources_pb2.ANALYSIS_STATE_CANCELLED, resources_pb2.ANALYSIS_STATE_FAILED
QUEUED, RUNNING = resources_pb2.ANALYSIS_STATE_QUEUED, resources_pb2.ANALYSIS_STATE_RUNNING


async def test_an_order_is_answered_at_once_and_ends_with_an_analysis(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        operation = await world.create((await world.upload()).name)
        assert (operation.done, operations.metadata_of(operation).state) == (False, QUEUED)
        world.backends.image.go_on.set()
        done = await operations.wait_for(world, operation.name)
        assert (done.done, operations.response_of(done).verdict.risk_score > 0) == (True, True)


async def test_an_operation_is_found_listed_and_filtered(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        operation = await world.create((await world.upload()).name)
        done = await operations.wait_for(world, operation.name)
        assert await operations.get(world, operation.name) == done
        assert list((await operations.list_all(world, "done = true")).operations) == [done]
        assert list((await operations.list_all(world, "done=false")).operations) == []
        assert isinstance(await refusal(operations.list_all(world, "name = 7")), InvalidRequest)


async def test_who_watches_sees_steps_and_then_the_end(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        operation = await world.create((await world.upload(VIDEO)).name)
        seen = []
        async for step in world.waiting.WatchOperation(operations.watching(operation.name), metadata=world.headers):
            seen.append(step)
            await world.backends.image.started.wait()
            world.backends.image.go_on.set()
        assert [step.done for step in seen] == [False] * (len(seen) - 1) + [True]
        assert any(operations.metadata_of(step).progress for step in seen[:-1])
        assert operations.response_of(seen[-1]).name == operations.metadata_of(seen[0]).analysis


async def test_waiting_ends_when_the_time_is_over(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        operation = await world.create((await world.upload()).name)
        assert not (await operations.wait_for(world, operation.name, 0)).done
        world.backends.image.go_on.set()


async def test_a_wait_for_ever_ends_with_the_operation(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        operation = await world.create((await world.upload()).name)
        request = operations_pb2.WaitOperationRequest(name=operation.name, timeout=Duration(seconds=2**63 - 1))
        assert (await world.operations.WaitOperation(request, metadata=world.headers)).done


async def test_cancelling_frees_the_worker_within_a_second(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        operation = await world.create((await world.upload()).name)
        await world.backends.image.started.wait()
        before_s = time.monotonic()
        await operations.cancel(world, operation.name)
        await asyncio.wait_for(world.backends.image.cancelled.wait(), 1)
        assert time.monotonic() - before_s < 1
        ended = await operations.get(world, operation.name)
        assert (ended.done, ended.error.code, operations.metadata_of(ended).state) == (
            True,
            code_pb2.CANCELLED,
            CANCELLED,
        )


async def test_who_waits_for_a_cancelled_answer_is_told(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        call = asyncio.ensure_future(world.analyze(request_id=KEY))
        await world.backends.image.started.wait()
        [operation] = (await operations.list_all(world)).operations
        await operations.cancel(world, operation.name)
        assert isinstance(await refusal(call), Cancelled)
        assert isinstance(await refusal(world.analyze(request_id=KEY)), Cancelled)


async def test_cancelling_what_has_ended_changes_nothing(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        operation = await operations.wait_for(world, (await world.create((await world.upload()).name)).name)
        await operations.cancel(world, operation.name)
        assert await operations.get(world, operation.name) == operation


async def test_what_waits_is_cancelled_without_ever_having_begun(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.engine.go_on.clear()
        operation = await world.create((await world.upload()).name)
        await operations.cancel(world, operation.name)
        world.engine.go_on.set()
        assert (await operations.get(world, operation.name)).error.code == code_pb2.CANCELLED
        assert world.backends.image.received == []


async def test_an_order_whose_deadline_is_over_fails(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.engine.go_on.clear()
        operation = await world.create((await world.upload()).name, wanted_within=Duration(seconds=60))
        world.clock.advance(61)
        for chore in world.gateway.chores:
            await chore()
        ended = await operations.get(world, operation.name)
        assert (ended.error.code, operations.metadata_of(ended).state) == (code_pb2.DEADLINE_EXCEEDED, FAILED)


async def test_an_order_at_work_ends_at_its_deadline(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        operation = await world.create((await world.upload()).name, wanted_within=Duration(seconds=1))
        ended = await operations.wait_for(world, operation.name)
        assert ended.error.code == code_pb2.DEADLINE_EXCEEDED
        await asyncio.wait_for(world.backends.image.cancelled.wait(), 1)


async def test_the_same_order_again_is_the_same_operation(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = (await world.upload()).name
        orders = await asyncio.gather(*(world.create(media, request_id=KEY) for _ in range(50)))
        assert len({operation.name for operation in orders}) == 1
        await operations.wait_for(world, orders[0].name)
        assert len(world.backends.image.received) == 1


async def test_a_batch_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = [(await world.upload(PHOTO + bytes([number]))).name for number in range(3)]
        keys = [str(uuid.UUID(int=number)) for number in range(3)]
        missing = "media/" + "0" * 26
        assert isinstance(await refusal(operations.order_all(world, [*media, missing], [*keys, KEY])), NotFound)
        assert not (await operations.list_all(world)).operations
        first = await operations.order_all(world, media, keys)
        again = await operations.order_all(world, media, keys)
        assert [each.name for each in first.operations] == [each.name for each in again.operations]
        assert len((await operations.list_all(world)).operations) == 3


async def test_a_batch_with_one_key_twice_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = (await world.upload()).name
        assert isinstance(await refusal(operations.order_all(world, [media, media], [KEY, KEY])), InvalidRequest)


async def test_a_key_with_another_file_is_refused_in_a_batch_too(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await world.create((await world.upload()).name, request_id=KEY)
        other = (await world.upload(b"PHOTO of others")).name
        assert isinstance(
            await refusal(operations.order_all(world, [other, other], [KEY, str(uuid.uuid4())])), RequestIdReused
        )


async def test_orders_that_a_crash_kept_from_the_engine_are_handed_over(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.engine.go_on.clear()
        operation = await world.create((await world.upload()).name)
        await world.engine.forget([f"analysis-{operation.name.split('/')[1]}"])
        world.engine.go_on.set()
        world.clock.advance(60)
        for chore in world.gateway.chores:
            await chore()
        assert (await operations.wait_for(world, operation.name)).done


async def test_what_detectors_have_seen_is_not_looked_for_twice(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.temporal.go_on.clear()
        operation = await world.create((await world.upload(VIDEO)).name)
        analysis_id = operation.name.split("/")[1]
        async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'telltale.db'}") as database:
            async with asyncio.timeout(5):
                while not {"image", "metadata", "faces"} <= set(
                    await work_on(database, tmp_path, world.clock).parts(analysis_id)
                ):
                    await asyncio.sleep(0.02)
        await world.engine.forget([f"analysis-{analysis_id}"])
        world.backends.temporal.go_on.set()
        world.clock.advance(60)
        for chore in world.gateway.chores:
            await chore()
        done = operations.response_of(await operations.wait_for(world, operation.name))
        assert len(world.backends.image.received) == len(world.backends.metadata.received) == 1
        assert (len(done.tracks), len(world.backends.temporal.received)) == (1, 2)


async def test_an_order_whose_file_the_store_has_lost_fails_and_says_so(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.engine.go_on.clear()
        media = (await world.upload()).name
        operation = await world.create(media)
        world.blobs.delete(media.split("/")[1])
        world.engine.go_on.set()
        ended = await operations.wait_for(world, operation.name)
        assert (ended.done, media in ended.error.message) == (True, True)


async def test_another_tenants_operation_does_not_exist(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        operation = await world.create((await world.upload()).name)
        world.headers = await world.headers_for(owner="bob")
        assert isinstance(await refusal(operations.get(world, operation.name)), NotFound)
        assert isinstance(await refusal(operations.cancel(world, operation.name)), NotFound)
        assert isinstance(await refusal(operations.wait_for(world, operation.name)), NotFound)
        assert not (await operations.list_all(world)).operations


async def test_who_watches_learns_of_a_deletion(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        media = (await world.upload()).name
        operation = await world.create(media)
        waiting = asyncio.ensure_future(refusal(operations.wait_for(world, operation.name)))
        await world.backends.image.started.wait()
        await world.media.DeleteMedia(media_service_pb2.DeleteMediaRequest(name=media), metadata=world.headers)
        assert isinstance(await asyncio.wait_for(waiting, 5), NotFound)


async def test_a_deleted_operation_takes_its_analysis_along(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        operation = await operations.wait_for(world, (await world.create((await world.upload()).name)).name)
        request = operations_pb2.DeleteOperationRequest(name=operation.name)
        await world.operations.DeleteOperation(request, metadata=world.headers)
        assert isinstance(await refusal(operations.get(world, operation.name)), NotFound)

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
from kit.errors import Cancelled, InvalidRequest, NotFound, Overloaded, RequestIdReused
from telltale.gateway.v1 import analysis_service_pb2, media_service_pb2, operation_service_pb2, resources_pb2
from tests.support.gateway import PHOTO, SOUND, VIDEO, World, refusal, running_gateway
from tests.support.storeroom import work_on

KEY = str(uuid.UUID(int=7))
CANCELLED, FAILED = resources_pb2.ANALYSIS_STATE_CANCELLED, resources_pb2.ANALYSIS_STATE_FAILED
QUEUED, RUNNING = resources_pb2.ANALYSIS_STATE_QUEUED, resources_pb2.ANALYSIS_STATE_RUNNING


async def test_an_order_is_answered_at_once_and_ends_with_an_analysis(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        operation = await world.create((await world.upload()).name)
        assert (operation.done, _metadata(operation).state) == (False, QUEUED)
        world.backends.image.go_on.set()
        done = await _wait(world, operation.name)
        assert (done.done, _response(done).verdict.risk_score > 0) == (True, True)


async def test_an_operation_is_found_listed_and_filtered(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        operation = await world.create((await world.upload()).name)
        done = await _wait(world, operation.name)
        assert await _get(world, operation.name) == done
        assert list((await _list(world, "done = true")).operations) == [done]
        assert list((await _list(world, "done=false")).operations) == []
        assert isinstance(await refusal(_list(world, "name = 7")), InvalidRequest)


async def test_who_watches_sees_steps_and_then_the_end(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        operation = await world.create((await world.upload(VIDEO)).name)
        seen = []
        async for step in world.waiting.WatchOperation(_watch(operation.name), metadata=world.headers):
            seen.append(step)
            await world.backends.image.started.wait()
            world.backends.image.go_on.set()
        assert [step.done for step in seen] == [False] * (len(seen) - 1) + [True]
        assert any(_metadata(step).progress for step in seen[:-1])
        assert _response(seen[-1]).name == _metadata(seen[0]).analysis


async def test_waiting_ends_when_the_time_is_over(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        operation = await world.create((await world.upload()).name)
        assert not (await _wait(world, operation.name, 0)).done
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
        await _cancel(world, operation.name)
        await asyncio.wait_for(world.backends.image.cancelled.wait(), 1)
        assert time.monotonic() - before_s < 1
        ended = await _get(world, operation.name)
        assert (ended.done, ended.error.code, _metadata(ended).state) == (True, code_pb2.CANCELLED, CANCELLED)


async def test_who_waits_for_a_cancelled_answer_is_told(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        call = asyncio.ensure_future(world.analyze(request_id=KEY))
        await world.backends.image.started.wait()
        [operation] = (await _list(world)).operations
        await _cancel(world, operation.name)
        assert isinstance(await refusal(call), Cancelled)
        assert isinstance(await refusal(world.analyze(request_id=KEY)), Cancelled)


async def test_cancelling_what_has_ended_changes_nothing(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        operation = await _wait(world, (await world.create((await world.upload()).name)).name)
        await _cancel(world, operation.name)
        assert await _get(world, operation.name) == operation


async def test_what_waits_is_cancelled_without_ever_having_begun(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.engine.go_on.clear()
        operation = await world.create((await world.upload()).name)
        await _cancel(world, operation.name)
        world.engine.go_on.set()
        assert (await _get(world, operation.name)).error.code == code_pb2.CANCELLED
        assert world.backends.image.received == []


async def test_an_order_whose_deadline_is_over_fails(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.engine.go_on.clear()
        operation = await world.create((await world.upload()).name, wanted_within=Duration(seconds=60))
        world.clock.advance(61)
        for chore in world.gateway.chores:
            await chore()
        ended = await _get(world, operation.name)
        assert (ended.error.code, _metadata(ended).state) == (code_pb2.DEADLINE_EXCEEDED, FAILED)


async def test_an_order_at_work_ends_at_its_deadline(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        operation = await world.create((await world.upload()).name, wanted_within=Duration(seconds=1))
        ended = await _wait(world, operation.name)
        assert ended.error.code == code_pb2.DEADLINE_EXCEEDED
        await asyncio.wait_for(world.backends.image.cancelled.wait(), 1)


async def test_the_same_order_again_is_the_same_operation(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = (await world.upload()).name
        operations = await asyncio.gather(*(world.create(media, request_id=KEY) for _ in range(50)))
        assert len({operation.name for operation in operations}) == 1
        await _wait(world, operations[0].name)
        assert len(world.backends.image.received) == 1


async def test_a_batch_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = [(await world.upload(PHOTO + bytes([number]))).name for number in range(3)]
        keys = [str(uuid.UUID(int=number)) for number in range(3)]
        missing = "media/" + "0" * 26
        assert isinstance(await refusal(_batch(world, [*media, missing], [*keys, KEY])), NotFound)
        assert not (await _list(world)).operations
        first = await _batch(world, media, keys)
        again = await _batch(world, media, keys)
        assert [each.name for each in first.operations] == [each.name for each in again.operations]
        assert len((await _list(world)).operations) == 3


async def test_a_batch_with_one_key_twice_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = (await world.upload()).name
        assert isinstance(await refusal(_batch(world, [media, media], [KEY, KEY])), InvalidRequest)


async def test_a_key_with_another_file_is_refused_in_a_batch_too(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await world.create((await world.upload()).name, request_id=KEY)
        other = (await world.upload(b"PHOTO of others")).name
        assert isinstance(await refusal(_batch(world, [other, other], [KEY, str(uuid.uuid4())])), RequestIdReused)


async def test_orders_that_a_crash_kept_from_the_engine_are_handed_over(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.engine.go_on.clear()
        operation = await world.create((await world.upload()).name)
        await world.engine.forget([f"analysis-{operation.name.split('/')[1]}"])
        world.engine.go_on.set()
        world.clock.advance(60)
        for chore in world.gateway.chores:
            await chore()
        assert (await _wait(world, operation.name)).done


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
        done = _response(await _wait(world, operation.name))
        assert len(world.backends.image.received) == len(world.backends.metadata.received) == 1
        assert (len(done.tracks), len(world.backends.temporal.received)) == (1, 2)


async def test_another_tenants_operation_does_not_exist(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        operation = await world.create((await world.upload()).name)
        world.headers = await world.headers_for(owner="bob")
        assert isinstance(await refusal(_get(world, operation.name)), NotFound)
        assert isinstance(await refusal(_cancel(world, operation.name)), NotFound)
        assert isinstance(await refusal(_wait(world, operation.name)), NotFound)
        assert not (await _list(world)).operations


async def test_who_watches_learns_of_a_deletion(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        media = (await world.upload()).name
        operation = await world.create(media)
        waiting = asyncio.ensure_future(refusal(_wait(world, operation.name)))
        await world.backends.image.started.wait()
        await world.media.DeleteMedia(media_service_pb2.DeleteMediaRequest(name=media), metadata=world.headers)
        assert isinstance(await asyncio.wait_for(waiting, 5), NotFound)


async def test_a_deleted_operation_takes_its_analysis_along(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        operation = await _wait(world, (await world.create((await world.upload()).name)).name)
        request = operations_pb2.DeleteOperationRequest(name=operation.name)
        await world.operations.DeleteOperation(request, metadata=world.headers)
        assert isinstance(await refusal(_get(world, operation.name)), NotFound)


async def test_too_many_who_wait_are_refused_and_orders_are_not(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_analyses=1, max_queued_analyses=0) as world:
        world.backends.image.go_on.clear()
        call = asyncio.ensure_future(world.analyze())
        await world.backends.image.started.wait()
        assert isinstance(await refusal(world.analyze()), Overloaded)
        assert not (await world.create((await world.upload()).name)).done
        world.backends.image.go_on.set()
        await call


async def test_orders_that_would_wait_too_long_are_refused_with_a_pause(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_waiting_orders=1) as world:
        media = (await world.upload()).name
        world.engine.go_on.clear()
        await world.create(media)
        error = await refusal(world.create(media))
        assert isinstance(error, Overloaded)
        assert error.retry_after_s == 30
        world.engine.go_on.set()


async def test_what_must_not_be_kept_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze(retention=resources_pb2.RETENTION_NONE)
        assert (analysis.name, analysis.media, analysis.verdict.risk_score > 0) == ("", "", True)
        assert any(piece.finding.map.values for piece in analysis.evidence)
        assert not (await _list(world)).operations
        assert (list(world.blobs.keys()), world.engine.submitted) == ([], [])


async def test_what_must_not_be_kept_is_given_up_with_the_call(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.metadata.go_on.clear()
        call = asyncio.ensure_future(world.analyze(SOUND, retention=resources_pb2.RETENTION_NONE))
        await world.backends.metadata.started.wait()
        call.cancel()
        await asyncio.wait_for(world.backends.metadata.cancelled.wait(), 5)


def _watch(name: str) -> operation_service_pb2.WatchOperationRequest:
    return operation_service_pb2.WatchOperationRequest(name=name)


def _metadata(operation: operations_pb2.Operation) -> resources_pb2.AnalysisOperation:
    found = resources_pb2.AnalysisOperation()
    assert operation.metadata.Unpack(found)
    return found


def _response(operation: operations_pb2.Operation) -> resources_pb2.Analysis:
    found = resources_pb2.Analysis()
    assert operation.response.Unpack(found)
    return found


async def _wait(world: World, name: str, seconds: int = 10) -> operations_pb2.Operation:
    request = operation_service_pb2.WaitOperationRequest(name=name, timeout=Duration(seconds=seconds))
    operation: operations_pb2.Operation = await world.waiting.WaitOperation(request, metadata=world.headers)
    return operation


async def _get(world: World, name: str) -> operations_pb2.Operation:
    request = operations_pb2.GetOperationRequest(name=name)
    operation: operations_pb2.Operation = await world.operations.GetOperation(request, metadata=world.headers)
    return operation


async def _cancel(world: World, name: str) -> None:
    await world.operations.CancelOperation(operations_pb2.CancelOperationRequest(name=name), metadata=world.headers)


async def _list(world: World, wanted: str = "") -> operations_pb2.ListOperationsResponse:
    request = operations_pb2.ListOperationsRequest(name="operations", filter=wanted)
    page: operations_pb2.ListOperationsResponse = await world.operations.ListOperations(request, metadata=world.headers)
    return page


async def _batch(world: World, media: list[str], keys: list[str]) -> analysis_service_pb2.BatchCreateAnalysesResponse:
    requests = [
        analysis_service_pb2.CreateAnalysisRequest(media=name, request_id=key)
        for name, key in zip(media, keys, strict=True)
    ]
    batch = analysis_service_pb2.BatchCreateAnalysesRequest(requests=requests)
    answer: analysis_service_pb2.BatchCreateAnalysesResponse = await world.analysis.BatchCreateAnalyses(
        batch, metadata=world.headers
    )
    return answer

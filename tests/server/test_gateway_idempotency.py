"""The same request sent again, or many times at once, is one request."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

from kit.errors import DetectorUnavailable, InvalidRequest, Overloaded, RequestIdReused
from telltale.gateway.v1 import analysis_service_pb2, media_service_pb2
from tests.support.gateway import PHOTO, World, refusal, running_gateway

KEY = str(uuid.UUID(int=1))


async def test_the_same_upload_again_is_the_same_media(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert await world.upload(request_id=KEY) == await world.upload(request_id=KEY)
        assert len(world.blobs.keys()) == 1


async def test_the_same_analysis_again_is_the_same_analysis(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [first] = await world.analyze(request_id=KEY)
        assert await world.analyze(request_id=KEY) == [first]
        assert await world.analyze_stored(first.media, KEY) == [first]
        assert first.request_id == KEY
        assert len(world.backends.image.received) == 1


async def test_fifty_equal_requests_at_once_make_one_analysis(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_queued_analyses=50) as world:
        answers = await asyncio.gather(*(world.analyze(request_id=KEY) for _ in range(50)))
        assert len({analysis.name for [analysis] in answers}) == 1
        assert len(world.backends.image.received) == len(world.backends.fusion.requests) == 1
        assert len(world.blobs.keys()) == 2  # the file and its evidence


async def test_twenty_equal_uploads_at_once_make_one_file(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        answers = await asyncio.gather(*(world.upload(request_id=KEY) for _ in range(20)))
        assert len({media.name for media in answers}) == len(world.blobs.keys()) == 1


async def test_the_same_key_with_another_file_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await world.analyze(request_id=KEY)
        await world.upload(request_id=KEY)
        assert isinstance(await refusal(world.analyze(b"PHOTO of others", request_id=KEY)), RequestIdReused)
        assert isinstance(await refusal(world.upload(b"PHOTO of others", request_id=KEY)), RequestIdReused)


async def test_a_key_belongs_to_its_owner(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [mine] = await world.analyze(request_id=KEY)
        [other] = await world.analyze(b"PHOTO of others", await world.headers_for(owner="bob"), request_id=KEY)
        assert mine.name != other.name


async def test_without_a_key_every_request_is_a_new_one(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert (await world.analyze())[0].name != (await world.analyze())[0].name


async def test_a_key_is_free_again_when_its_media_was_deleted(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [first] = await world.analyze(request_id=KEY)
        request = media_service_pb2.DeleteMediaRequest(name=first.media)
        await world.media.DeleteMedia(request, metadata=world.headers)
        [second] = await world.analyze(request_id=KEY)
        assert second.name != first.name


async def test_an_analysis_that_failed_is_taken_up_by_the_same_key(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, fusion_budget_s=0.3) as world:
        world.backends.fusion.go_on.clear()
        error = await refusal(world.analyze(request_id=KEY))
        assert isinstance(error, DetectorUnavailable)
        world.backends.fusion.go_on.set()
        [analysis] = await world.analyze(request_id=KEY)
        assert analysis.name == error.details["analysis"]
        assert len(world.backends.image.received) == 1


async def test_when_the_first_caller_goes_away_the_next_one_gets_the_answer(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        first = asyncio.ensure_future(world.analyze(request_id=KEY))
        await world.backends.image.started.wait()
        second = asyncio.ensure_future(world.analyze(request_id=KEY))
        first.cancel()
        world.backends.image.go_on.set()
        [analysis] = await second
        assert analysis.verdict.risk_score > 0
        assert await _count(world) == 1


async def test_a_key_must_be_a_uuid(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert isinstance(await refusal(world.upload(PHOTO, request_id="one")), InvalidRequest)


async def test_more_analyses_than_places_and_queue_are_refused_with_a_pause(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_analyses=1, max_queued_analyses=0) as world:
        world.backends.image.go_on.clear()
        first = asyncio.ensure_future(world.analyze())
        await world.backends.image.started.wait()
        error = await refusal(world.analyze())
        assert isinstance(error, Overloaded)
        assert error.retry_after_s is not None
        world.backends.image.go_on.set()
        assert len(await first) == 1


async def test_a_full_house_is_told_before_the_upload_is_read(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_analyses=1, max_queued_analyses=0, max_media_bytes=len(PHOTO)) as world:
        world.backends.image.go_on.clear()
        first = asyncio.ensure_future(world.analyze())
        await world.backends.image.started.wait()
        assert isinstance(await refusal(world.analyze(PHOTO + b"too long")), Overloaded)
        world.backends.image.go_on.set()
        await first


async def test_waiting_analyses_get_their_turn(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_analyses=2, max_queued_analyses=8) as world:
        answers = await asyncio.gather(*(world.analyze() for _ in range(10)))
        assert len({analysis.name for [analysis] in answers}) == 10


async def _count(world: World) -> int:
    request = analysis_service_pb2.ListAnalysesRequest()
    return len((await world.analysis.ListAnalyses(request, metadata=world.headers)).analyses)

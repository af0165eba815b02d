"""A video goes in, steps and then a verdict with a timeline come out."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kit.errors import Cancelled, DetectorUnavailable, RequestIdReused, UndecodableMedia
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2
from tests.support.fake_detectors import face_tracks, planned_cues
from tests.support.fake_service import Fake
from tests.support.gateway import PHOTO, VIDEO, World, pieces, refusal, running_gateway

KEY = str(uuid.UUID(int=4))
QUICK, STANDARD, THOROUGH = media_pb2.DEPTH_QUICK, media_pb2.DEPTH_STANDARD, media_pb2.DEPTH_THOROUGH
CANCEL_WITHIN_S = 1.0
RUNNING = resources_pb2.ANALYSIS_STATE_RUNNING


async def test_a_video_is_judged_by_all_detectors_and_says_what_was_looked_at(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        *steps, last = await world.analyze(VIDEO)
        assert {step.state for step in steps} - {resources_pb2.ANALYSIS_STATE_QUEUED} == {RUNNING}
        assert {piece.cue for piece in last.evidence} == planned_cues(media_pb2.MEDIA_KIND_VIDEO)
        assert list(last.examined) == list(face_tracks(is_video=True).examined)
        assert {each.detector: each.done_share for each in last.progress} == {
            "image": 1.0,
            "temporal": 1.0,
            "av_sync": 1.0,
            "metadata": 1.0,
        }


async def test_spans_reach_fusion_and_the_caller(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        last = (await world.analyze(VIDEO))[-1]
        [request] = world.backends.fusion.requests
        for evidence in (request.evidence, last.evidence):
            assert [len(piece.finding.spans) for piece in evidence if piece.cue == "face_motion"] == [1]


async def test_the_movement_detector_gets_the_faces_while_the_picture_detector_is_at_work(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        image, temporal = world.backends.image, world.backends.temporal
        image.go_on.clear()
        call = asyncio.ensure_future(world.analyze(VIDEO))
        await asyncio.wait_for(temporal.started.wait(), 5)
        assert not image.cancelled.is_set()
        assert temporal.tracks == [face_tracks(is_video=True)]
        image.go_on.set()
        await call
        assert temporal.received == image.received == [VIDEO]


async def test_when_the_picture_detector_is_dead_the_movement_detector_finds_the_faces_itself(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await world.backends.image_server.stop()
        last = (await world.analyze(VIDEO))[-1]
        assert world.backends.temporal.tracks == [None]
        assert {each.detector: each.failure for each in last.progress}["image"] == "DETECTOR_UNAVAILABLE"


async def test_a_movement_detector_that_fails_becomes_abstentions(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.temporal.error = UndecodableMedia("no frame could be read")
        last = (await world.analyze(VIDEO))[-1]
        silent = {piece.cue for piece in last.evidence if piece.abstention.parameters.get("detector") == "temporal"}
        assert silent == {"flow_consistency", "face_drift", "blending_flicker"}
        assert last.state == resources_pb2.ANALYSIS_STATE_SUCCEEDED


async def test_progress_arrives_step_by_step(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world, watching(world) as steps:
        world.backends.temporal.go_on.clear()
        async for step in steps:
            shares = {each.detector: each.done_share for each in step.progress}
            if shares == {"image": 1.0, "temporal": 0.0, "av_sync": 1.0, "metadata": 1.0}:
                break
            assert step.state in (resources_pb2.ANALYSIS_STATE_QUEUED, RUNNING)
        world.backends.temporal.go_on.set()
        assert [step async for step in steps][-1].state == resources_pb2.ANALYSIS_STATE_SUCCEEDED


async def test_a_flood_of_progress_is_few_steps(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.shares = [number / 1000 for number in range(1000)]
        steps = await world.analyze(VIDEO)
        assert len(steps) < 20, "the clock stands still, so no two steps may tell nothing but progress"


@pytest.mark.parametrize(
    ("asked", "told"),
    [({}, STANDARD), ({"depth": QUICK}, QUICK), ({"depth": STANDARD}, STANDARD), ({"depth": THOROUGH}, THOROUGH)],
)
async def test_the_depth_reaches_the_detectors_and_the_answer(
    tmp_path: Path, asked: dict[str, Any], told: media_pb2.Depth.ValueType
) -> None:
    async with running_gateway(tmp_path) as world:
        last = (await world.analyze(VIDEO, **asked))[-1]
        stored = (await world.analyze_stored(last.media, **asked))[-1]
        assert last.depth == stored.depth == told
        assert world.backends.image.depths == world.backends.temporal.depths == [told, told]


async def test_the_same_key_with_another_depth_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        first = (await world.analyze(VIDEO, request_id=KEY))[-1]
        assert await world.analyze(VIDEO, request_id=KEY, depth=STANDARD) == [first]
        assert isinstance(await refusal(world.analyze(VIDEO, request_id=KEY, depth=QUICK)), RequestIdReused)
        assert isinstance(await refusal(world.analyze_stored(first.media, KEY, depth=THOROUGH)), RequestIdReused)


async def test_kept_evidence_is_taken_up_for_the_same_depth_alone(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, fusion_budget_s=0.3) as world:
        world.backends.fusion.go_on.clear()
        error = await refusal(world.analyze(VIDEO, depth=QUICK))
        assert isinstance(error, DetectorUnavailable)
        world.backends.fusion.go_on.set()
        deeper = (await world.analyze_stored(error.details["media"], depth=THOROUGH))[-1]
        again = (await world.analyze_stored(error.details["media"], depth=QUICK))[-1]
        assert deeper.name != error.details["analysis"] == again.name
        assert len(again.tracks) == len(again.examined) == 1
        assert world.backends.image.depths == [QUICK, THOROUGH]


async def test_each_depth_has_its_own_budget_and_photos_keep_theirs(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, video_budget_quick_s=0.3) as world:
        world.backends.temporal.go_on.clear()
        last = (await world.analyze(VIDEO, depth=QUICK))[-1]
        assert {each.detector: each.failure for each in last.progress}["temporal"] == "DEADLINE_EXCEEDED"
        [photo] = await world.analyze(PHOTO, depth=QUICK)
        assert {each.state for each in photo.progress} == {resources_pb2.DETECTOR_STATE_DONE}


@pytest.mark.parametrize("detector", ["image", "temporal", "av_sync", "metadata"])
async def test_cancelling_stops_every_detector_within_a_second(tmp_path: Path, detector: str) -> None:
    async with running_gateway(tmp_path) as world:
        fake: Fake = getattr(world.backends, detector)
        fake.go_on.clear()
        call = asyncio.ensure_future(world.analyze(VIDEO, depth=THOROUGH))
        await asyncio.wait_for(fake.started.wait(), 5)
        await world.cancel_newest()
        await asyncio.wait_for(fake.cancelled.wait(), CANCEL_WITHIN_S)
        assert isinstance(await refusal(call), Cancelled)


async def test_what_is_cancelled_while_waiting_for_faces_calls_nobody_any_more(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        image, metadata = world.backends.image, world.backends.metadata
        image.tracks_too.clear()
        call = asyncio.ensure_future(world.analyze(VIDEO))
        await asyncio.wait_for(metadata.started.wait(), 5)
        await world.cancel_newest()
        assert isinstance(await refusal(call), Cancelled)
        image.tracks_too.set()
        assert world.backends.temporal.tracks == []


async def test_what_is_cancelled_frees_its_place(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_analyses=1, max_queued_analyses=1) as world:
        image = world.backends.image
        image.go_on.clear()
        at_work = asyncio.ensure_future(refusal(world.analyze(VIDEO)))
        await image.started.wait()
        await world.cancel_newest()
        queued = asyncio.ensure_future(world.analyze(VIDEO))
        await asyncio.wait_for(image.cancelled.wait(), CANCEL_WITHIN_S)
        image.go_on.set()
        assert (await asyncio.wait_for(queued, 5))[-1].state == resources_pb2.ANALYSIS_STATE_SUCCEEDED
        assert isinstance(await at_work, Cancelled)


async def test_an_equal_request_gets_the_answer_when_the_first_caller_goes_away(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        temporal = world.backends.temporal
        temporal.go_on.clear()
        first = asyncio.ensure_future(world.analyze(VIDEO, request_id=KEY))
        await temporal.started.wait()
        second = asyncio.ensure_future(world.analyze(VIDEO, request_id=KEY))
        first.cancel()
        temporal.go_on.set()
        assert (await second)[-1].state == resources_pb2.ANALYSIS_STATE_SUCCEEDED
        assert len((await listed(world)).analyses) == len(temporal.received) == 1


@asynccontextmanager
async def watching(world: World) -> AsyncIterator[AsyncIterator[resources_pb2.Analysis]]:
    """The answers to a video as they arrive."""
    requests = pieces(analysis_service_pb2.AnalyzeMediaRequest, VIDEO)
    yield aiter(world.analysis.AnalyzeMedia(requests, metadata=world.headers))


async def listed(world: World) -> analysis_service_pb2.ListAnalysesResponse:
    request = analysis_service_pb2.ListAnalysesRequest()
    answer: analysis_service_pb2.ListAnalysesResponse = await world.analysis.ListAnalyses(
        request, metadata=world.headers
    )
    return answer

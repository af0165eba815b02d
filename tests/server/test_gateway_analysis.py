"""A photo goes in, a verdict comes out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import cv2
import grpc
import numpy as np

from kit.errors import NotFound
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2
from tests.support.fake_detectors import planned_cues
from tests.support.gateway import PHOTO, SOUND, refusal, running_gateway

RUNNING = resources_pb2.ANALYSIS_STATE_RUNNING


async def test_a_photo_gets_exactly_one_answer_with_everything_in_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze(display_name="C:\\pictures\\me.jpg")
        assert analysis.state == resources_pb2.ANALYSIS_STATE_SUCCEEDED
        assert analysis.verdict.label == verdict_pb2.LABEL_SUSPICIOUS
        assert {piece.cue for piece in analysis.evidence} == planned_cues(media_pb2.MEDIA_KIND_IMAGE)
        assert len(analysis.tracks) == 1
        assert analysis.metadata.tags[0].value == "X"
        assert analysis.display_name == "me.jpg"
        assert {step.state for step in analysis.progress} == {resources_pb2.DETECTOR_STATE_DONE}
        assert world.backends.image.received == world.backends.metadata.received == [PHOTO]


async def test_an_upload_in_many_pieces_is_put_together_again(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze(size=3, display_name="many.jpg")
        assert world.backends.image.received == [PHOTO]
        assert analysis.display_name == "many.jpg"


async def test_the_answer_is_kept_and_names_its_maps_without_their_values(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        kept = await world.analysis.GetAnalysis(_get(analysis.name), metadata=world.headers)
        assert kept == analysis
        assert [shown.name for shown in kept.maps] == [f"{kept.name}/maps/noise_residual"]
        assert all(piece.finding.map.values == b"" for piece in kept.evidence)


async def test_fusion_sees_the_maps_and_every_planned_test(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await world.analyze()
        [request] = world.backends.fusion.requests
        by_cue = {piece.cue: piece for piece in request.evidence}
        assert len(by_cue["noise_residual"].finding.map.values) == 4
        assert [*by_cue] == sorted(planned_cues(media_pb2.MEDIA_KIND_IMAGE))
        assert len(by_cue) == len(request.evidence)


async def test_a_map_is_a_picture_in_the_proportions_of_the_photo(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        request = analysis_service_pb2.GetMapRequest(name=analysis.maps[0].name)
        answer = await world.analysis.GetMap(request, metadata=world.headers)
        png = cv2.imdecode(np.frombuffer(answer.file.data, np.uint8), cv2.IMREAD_UNCHANGED)
        assert png is not None
        assert (answer.file.content_type, png.shape) == ("image/png", (48, 64, 4))
        assert png[0, 0, 3] < png[-1, -1, 3]


async def test_a_test_without_a_map_has_none_to_fetch(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        request = analysis_service_pb2.GetMapRequest(name=f"{analysis.name}/maps/frequency")
        assert isinstance(await refusal(world.analysis.GetMap(request, metadata=world.headers)), NotFound)


async def test_a_recording_gets_steps_and_then_an_answer_that_is_silent_about_pictures(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        *steps, last = await world.analyze(SOUND)
        assert {step.state for step in steps} - {resources_pb2.ANALYSIS_STATE_QUEUED} == {RUNNING}
        assert len(steps) >= 2
        assert {piece.cue for piece in last.evidence} == planned_cues(media_pb2.MEDIA_KIND_AUDIO)
        assert world.backends.image.received == []


async def test_a_stored_file_can_be_judged(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload()
        [analysis] = await world.analyze_stored(media.name)
        assert (analysis.media, analysis.state) == (media.name, resources_pb2.ANALYSIS_STATE_SUCCEEDED)
        assert world.backends.image.received == [PHOTO]


async def test_when_a_caller_goes_away_the_work_goes_on(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        call = asyncio.ensure_future(world.analyze())
        await world.backends.image.started.wait()
        call.cancel()
        world.backends.image.go_on.set()
        [analysis] = (await world.analysis.ListAnalyses(_list(1), metadata=world.headers)).analyses
        done = await world.wait(analysis.name)
        assert done.state == resources_pb2.ANALYSIS_STATE_SUCCEEDED


async def test_analyses_are_listed_newest_first_page_by_page(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        names = []
        for _ in range(3):
            world.clock.advance(1)
            names += [analysis.name for analysis in await world.analyze()]
        first = await world.analysis.ListAnalyses(_list(2), metadata=world.headers)
        second = await world.analysis.ListAnalyses(_list(2, first.next_page_token), metadata=world.headers)
        assert [analysis.name for analysis in (*first.analyses, *second.analyses)] == names[::-1]
        assert second.next_page_token == ""


async def test_a_deleted_analysis_is_gone_and_its_media_stays(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        request = analysis_service_pb2.DeleteAnalysisRequest(name=analysis.name)
        answer = await world.analysis.DeleteAnalysis(request, metadata=world.headers)
        assert list(answer.deleted) == [analysis.name, analysis.maps[0].name]
        gone = await refusal(world.analysis.GetAnalysis(_get(analysis.name), metadata=world.headers))
        assert isinstance(gone, NotFound)
        assert len(await world.analyze_stored(analysis.media)) == 1


async def test_a_request_without_an_end_is_no_analysis(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        call = world.analysis.AnalyzeMedia(metadata=world.headers)
        await call.write(analysis_service_pb2.AnalyzeMediaRequest(request_id=""))
        call.cancel()
        assert await call.code() == grpc.StatusCode.CANCELLED
        assert world.backends.image.received == []


def _get(name: str) -> analysis_service_pb2.GetAnalysisRequest:
    return analysis_service_pb2.GetAnalysisRequest(name=name)


def _list(size: int, token: str = "") -> analysis_service_pb2.ListAnalysesRequest:
    return analysis_service_pb2.ListAnalysesRequest(page_size=size, page_token=token)

"""Sound goes in: of recordings, of videos, and of videos whose faces come late or never."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kit.errors import Cancelled, UndecodableMedia
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2
from tests.support.fake_av_sync import AV_SYNC_CUES, a_curve, a_soundtrack
from tests.support.fake_detectors import face_tracks
from tests.support.gateway import PHOTO, SOUND, VIDEO, refusal, running_gateway


async def test_a_recording_is_judged_by_its_sound_and_nobody_waits_for_faces(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        last = (await world.analyze(SOUND, depth=media_pb2.DEPTH_QUICK))[-1]
        av_sync = world.backends.av_sync
        assert (av_sync.received, av_sync.tracks, av_sync.depths) == ([SOUND], [None], [media_pb2.DEPTH_QUICK])
        assert last.soundtrack == a_soundtrack()
        assert [each.detector for each in last.progress] == ["av_sync", "metadata"]


async def test_the_voice_is_judged_before_the_faces_are_found(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        image, av_sync = world.backends.image, world.backends.av_sync
        image.tracks_too.clear()
        call = asyncio.ensure_future(world.analyze(VIDEO))
        await asyncio.wait_for(av_sync.heard.wait(), 5)
        assert (av_sync.received, av_sync.tracks) == ([VIDEO], [])
        image.tracks_too.set()
        last = (await call)[-1]
        assert av_sync.tracks == [face_tracks(is_video=True)]
        assert (last.soundtrack, list(last.lip_sync)) == (a_soundtrack(), [a_curve()])


async def test_the_faces_are_handed_over_while_the_picture_detector_is_at_work(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        image = world.backends.image
        image.go_on.clear()
        call = asyncio.ensure_future(world.analyze(VIDEO))
        await asyncio.wait_for(image.started.wait(), 5)
        while not world.backends.av_sync.tracks:
            await asyncio.sleep(0)
        assert not call.done()
        image.go_on.set()
        assert (await call)[-1].state == resources_pb2.ANALYSIS_STATE_SUCCEEDED


async def test_when_the_picture_detector_is_dead_the_requests_end_without_faces(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await world.backends.image_server.stop()
        last = (await world.analyze(VIDEO))[-1]
        assert world.backends.av_sync.tracks == [None]
        reasons = {piece.cue: piece.abstention.reason for piece in last.evidence}
        assert reasons["lip_sync"] == evidence_pb2.ABSTENTION_REASON_NO_FACE
        assert len(last.lip_sync) == 0


async def test_a_detector_of_sound_that_fails_before_the_faces_are_found_becomes_abstentions(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        image, av_sync = world.backends.image, world.backends.av_sync
        image.tracks_too.clear()
        av_sync.error = UndecodableMedia("no sound could be read")
        call = asyncio.ensure_future(world.analyze(VIDEO))
        await asyncio.wait_for(av_sync.heard.wait(), 5)
        image.tracks_too.set()
        last = (await call)[-1]
        silent = {piece.cue for piece in last.evidence if piece.abstention.parameters.get("detector") == "av_sync"}
        assert silent == {"lip_sync"}
        assert last.state == resources_pb2.ANALYSIS_STATE_SUCCEEDED


async def test_only_the_finished_analysis_shows_the_sound(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        *steps, last = await world.analyze(VIDEO)
        assert not any(step.HasField("soundtrack") or step.lip_sync for step in steps)
        request = analysis_service_pb2.GetAnalysisRequest(name=last.name)
        assert await world.analysis.GetAnalysis(request, metadata=world.headers) == last
        assert (last.soundtrack, list(last.lip_sync)) == (a_soundtrack(), [a_curve()])


async def test_spans_of_the_voice_reach_fusion_without_a_track(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await world.analyze(VIDEO)
        [request] = world.backends.fusion.requests
        [voice] = [piece for piece in request.evidence if piece.cue == "voice_spoof"]
        assert [span.HasField("track_id") for span in voice.finding.spans] == [False]


async def test_a_recording_has_a_budget_of_its_own(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, audio_budget_quick_s=0.3, analysis_budget_s=60) as world:
        world.backends.av_sync.go_on.clear()
        last = (await world.analyze(SOUND, depth=media_pb2.DEPTH_QUICK))[-1]
        assert {each.detector: each.failure for each in last.progress}["av_sync"] == "DEADLINE_EXCEEDED"


async def test_cancelling_while_faces_are_missing_stops_the_detector_of_sound(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        av_sync = world.backends.av_sync
        world.backends.image.tracks_too.clear()
        av_sync.go_on.clear()
        call = asyncio.ensure_future(refusal(world.analyze(VIDEO)))
        await asyncio.wait_for(av_sync.heard.wait(), 5)
        await world.cancel_newest()
        await asyncio.wait_for(av_sync.cancelled.wait(), 1)
        world.backends.image.tracks_too.set()
        assert isinstance(await call, Cancelled)


async def test_nobody_listens_to_a_photo(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [photo] = await world.analyze(PHOTO)
        assert world.backends.av_sync.received == []
        assert not photo.HasField("soundtrack")
        assert not {piece.cue for piece in photo.evidence} & set(AV_SYNC_CUES)

"""One dead service never loses a request."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.backends.image import ImageBackend
from gateway.making.detect import Inquiry
from gateway.making.faces import Faces
from kit.errors import DetectorUnavailable, TelltaleError, UndecodableMedia
from kit.media.file import MediaFile
from kit.rpc.channel import open_aio_channel
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.fake_detectors import IMAGE_CUES, planned_cues, separate_image_service
from tests.support.gateway import PHOTO, refusal, running_gateway

UNAVAILABLE = evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE
LATE = evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED


async def test_a_dead_detector_becomes_abstentions(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await world.backends.image_server.stop()
        [analysis] = await world.analyze()
        assert _why(analysis) == dict.fromkeys(IMAGE_CUES, UNAVAILABLE)
        assert _failures(analysis) == {"image": "DETECTOR_UNAVAILABLE", "metadata": ""}


async def test_all_detectors_dead_still_gets_an_answer(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await world.backends.image_server.stop()
        await world.backends.metadata_server.stop()
        [analysis] = await world.analyze()
        assert set(_why(analysis)) == planned_cues(media_pb2.MEDIA_KIND_IMAGE)
        assert analysis.state == resources_pb2.ANALYSIS_STATE_SUCCEEDED


async def test_what_a_detector_said_before_it_broke_off_counts(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.breaks_off = True
        [analysis] = await world.analyze()
        assert _why(analysis) == dict.fromkeys(("face_spatial", "frequency", "whole_picture"), UNAVAILABLE)
        assert len(analysis.tracks) == 1


async def test_a_late_detector_becomes_abstentions(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, analysis_budget_s=0.5) as world:
        world.backends.metadata.go_on.clear()
        [analysis] = await world.analyze()
        assert set(_why(analysis).values()) == {LATE}
        assert _failures(analysis)["metadata"] == "DEADLINE_EXCEEDED"


async def test_a_detector_that_refuses_the_file_abstains_and_says_why(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.error = UndecodableMedia("no picture could be read")
        [analysis] = await world.analyze()
        missing = next(piece for piece in analysis.evidence if piece.cue == "frequency")
        assert dict(missing.abstention.parameters) == {"detector": "image", "error": "UNDECODABLE_MEDIA"}


async def test_a_detector_killed_in_the_middle_is_unavailable() -> None:
    async with separate_image_service() as (process, port), open_aio_channel(f"127.0.0.1:{port}") as channel:
        with MediaFile.from_bytes(PHOTO) as media:
            info = media_pb2.MediaInfo(
                kind=media_pb2.MEDIA_KIND_IMAGE, mime_type="image/jpeg", size_bytes=len(PHOTO), sha256=media.sha256
            )
            inquiry = Inquiry(info, media, media_pb2.DEPTH_STANDARD, 10, Faces().to_come)
            events = ImageBackend(channel, f"127.0.0.1:{port}").examine(inquiry)
            await anext(events)
            process.kill()
            with pytest.raises(DetectorUnavailable):
                [event async for event in events]


async def test_without_fusion_the_call_fails_and_nothing_is_lost(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, fusion_budget_s=0.3) as world:
        world.backends.fusion.go_on.clear()
        error = await refusal(world.analyze())
        assert isinstance(error, DetectorUnavailable)
        world.backends.fusion.go_on.set()
        [analysis] = await world.analyze_stored(error.details["media"])
        assert analysis.name == error.details["analysis"]
        assert {piece.cue for piece in analysis.evidence} == planned_cues(media_pb2.MEDIA_KIND_IMAGE)
        assert len(analysis.tracks) == 1
        assert len(world.backends.image.received) == 1, "the evidence was kept, so nobody is asked twice"


async def test_evidence_that_lacks_a_dead_detector_is_not_taken_up_again(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, fusion_budget_s=0.3) as world:
        world.backends.fusion.go_on.clear()
        world.backends.image.breaks_off = True
        error = await refusal(world.analyze())
        world.backends.fusion.go_on.set()
        world.backends.image.breaks_off = False
        assert isinstance(error, TelltaleError)
        [analysis] = await world.analyze_stored(error.details["media"])
        assert _why(analysis) == {}
        assert len(analysis.tracks) == 1


async def test_fusion_that_fails_once_is_asked_again(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        fusion = world.backends.fusion
        fusion.breaks_off = True
        answers = asyncio.ensure_future(world.analyze())
        await fusion.started.wait()
        fusion.breaks_off = False
        [analysis] = await answers
        assert analysis.state == resources_pb2.ANALYSIS_STATE_SUCCEEDED
        assert len(fusion.requests) >= 2


def _why(analysis: resources_pb2.Analysis) -> dict[str, int]:
    faults = (UNAVAILABLE, LATE)
    return {piece.cue: piece.abstention.reason for piece in analysis.evidence if piece.abstention.reason in faults}


def _failures(analysis: resources_pb2.Analysis) -> dict[str, str]:
    return {step.detector: step.failure for step in analysis.progress}

"""Detectors side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator

import pytest

from gateway.case import Case, DetectorEvent
from gateway.detect import Detection
from gateway.plan import ASSIGNMENTS, IMAGE, METADATA
from kit.convert.evidence import finding
from kit.errors import UndecodableMedia
from kit.media.file import MediaFile
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.gateway.v1 import resources_pb2

CUES = {assignment.detector: assignment.cues for assignment in ASSIGNMENTS}


class Answers:
    """Answers every test of its own, after `others` have begun."""

    def __init__(self, name: str, others: asyncio.Barrier | None = None) -> None:
        self._name = name
        self._others = others

    async def examine(
        self, _info: media_pb2.MediaInfo, _media: MediaFile, _budget_s: float
    ) -> AsyncGenerator[DetectorEvent, None]:
        if self._others is not None:
            await self._others.wait()
        for cue in CUES[self._name]:
            yield finding(cue, 0.0, 1.0, "some_reason", {})


class Hangs:
    """Says one thing and then nothing more."""

    closed = False

    async def examine(
        self, _info: media_pb2.MediaInfo, _media: MediaFile, _budget_s: float
    ) -> AsyncGenerator[DetectorEvent, None]:
        try:
            yield finding("frequency", 0.0, 1.0, "some_reason", {})
            await asyncio.Event().wait()
        finally:
            self.closed = True


class Refuses:
    """Raises at once."""

    async def examine(
        self, _info: media_pb2.MediaInfo, _media: MediaFile, _budget_s: float
    ) -> AsyncGenerator[DetectorEvent, None]:
        raise UndecodableMedia("no picture could be read")
        yield


@pytest.fixture
def media() -> Iterator[MediaFile]:
    with MediaFile.from_bytes(b"photo") as file:
        yield file


def new_case() -> Case:
    info = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_IMAGE)
    return Case(resources_pb2.Analysis(name="analyses/a", info=info), lambda _: None)


async def test_detectors_work_at_the_same_time(media: MediaFile) -> None:
    barrier = asyncio.Barrier(2)
    detection = Detection({IMAGE: Answers(IMAGE, barrier), METADATA: Answers(METADATA, barrier)}, budget_s=5)
    request = await detection.run(new_case(), media)
    assert [piece.cue for piece in request.evidence] == sorted((*CUES[IMAGE], *CUES[METADATA]))


async def test_what_came_within_the_budget_counts_and_the_rest_is_late(media: MediaFile) -> None:
    hangs = Hangs()
    request = await Detection({IMAGE: hangs, METADATA: Answers(METADATA)}, budget_s=0.05).run(new_case(), media)
    late = {piece.cue for piece in request.evidence if piece.HasField("abstention")}
    assert late == {"face_spatial", "noise_residual", "whole_picture"}
    assert hangs.closed


async def test_a_refusal_is_named_in_the_abstentions(media: MediaFile) -> None:
    request = await Detection({IMAGE: Refuses(), METADATA: Answers(METADATA)}, budget_s=5).run(new_case(), media)
    missing = [piece for piece in request.evidence if piece.HasField("abstention")]
    assert {piece.abstention.reason for piece in missing} == {evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE}
    assert missing[0].abstention.parameters["error"] == "UNDECODABLE_MEDIA"


async def test_cancelling_reaches_the_detectors(media: MediaFile) -> None:
    hangs = Hangs()
    case = new_case()
    running = asyncio.ensure_future(
        Detection({IMAGE: hangs, METADATA: Answers(METADATA)}, budget_s=60).run(case, media)
    )
    while not case.fuse_request().evidence:
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert hangs.closed

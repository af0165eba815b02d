"""Detectors side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator

import pytest

from gateway.making.budgets import Budgets, ByDepth
from gateway.making.case import Case, DetectorEvent
from gateway.making.detect import Detection, Detector, Inquiry
from gateway.making.notes import NoNotes
from gateway.making.plan import ASSIGNMENTS, AV_SYNC, IMAGE, METADATA, TEMPORAL
from kit.convert.evidence import finding
from kit.errors import DetectorUnavailable, StorageFull, StorageUnavailable, TelltaleError, UndecodableMedia
from kit.media.file import MediaFile
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.image.v1 import image_service_pb2
from tests.support.clock import FakeClock
from tests.support.fake_detectors import face_tracks

TRACKS: image_service_pb2.FaceTracks = face_tracks(is_video=True)
CUES = {assignment.detector: assignment.cues for assignment in ASSIGNMENTS}


class Answers:
    """Answers every test of its own, after `others` have begun; notes what it was asked."""

    def __init__(self, name: str, others: asyncio.Barrier | None = None) -> None:
        self._name = name
        self._others = others
        self.asked: list[Inquiry] = []

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        self.asked.append(inquiry)
        if self._others is not None:
            await self._others.wait()
        for cue in CUES[self._name]:
            yield finding(cue, 0.0, 1.0, "some_reason", {})


class Hangs:
    """Says one thing and then nothing more."""

    closed = False

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        try:
            yield finding("frequency", 0.0, 1.0, "some_reason", {})
            await asyncio.Event().wait()
        finally:
            self.closed = True


class Refuses:
    """Raises at once."""

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        raise UndecodableMedia("no picture could be read")
        yield


class FindsFaces:
    """Sends faces when it is told to, and then waits until somebody has used them."""

    def __init__(self) -> None:
        self.go_on, self.used = asyncio.Event(), asyncio.Event()

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        await self.go_on.wait()
        yield TRACKS
        await self.used.wait()
        for cue in CUES[IMAGE]:
            yield finding(cue, 0.0, 1.0, "some_reason", {})


class UsesFaces(Answers):
    """Says so when it has begun."""

    def __init__(self, finder: FindsFaces) -> None:
        super().__init__(TEMPORAL)
        self._finder = finder

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        self._finder.used.set()
        async for event in super().examine(inquiry):
            yield event


class TakesFacesLate(Answers):
    """Begins without faces, lets the finder go on, and answers when it knows the faces or that there are none."""

    def __init__(self, finder: FindsFaces | None = None) -> None:
        super().__init__(AV_SYNC)
        self._finder = finder
        self.tracks: list[image_service_pb2.FaceTracks | None] = []

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        if self._finder is not None:
            self._finder.go_on.set()
        self.tracks.append(await asyncio.shield(inquiry.late_tracks))
        if self._finder is not None:
            self._finder.used.set()
        async for event in super().examine(inquiry):
            yield event


@pytest.fixture
def media() -> Iterator[MediaFile]:
    with MediaFile.from_bytes(b"photo") as file:
        yield file


def new_case(kind: media_pb2.MediaKind.ValueType = media_pb2.MEDIA_KIND_IMAGE) -> Case:
    info = media_pb2.MediaInfo(kind=kind)
    analysis = resources_pb2.Analysis(name="analyses/a", info=info, depth=media_pb2.DEPTH_QUICK)
    return Case(analysis, lambda _: None, FakeClock())


def budgets(every_s: float) -> Budgets:
    return Budgets(every_s, ByDepth(every_s, every_s, every_s), ByDepth(every_s, every_s, every_s))


async def test_detectors_work_at_the_same_time(media: MediaFile) -> None:
    barrier = asyncio.Barrier(2)
    detection = Detection({IMAGE: Answers(IMAGE, barrier), METADATA: Answers(METADATA, barrier)}, budgets(5))
    request = await detection.run(new_case(), media, NoNotes())
    assert [piece.cue for piece in request.evidence] == sorted((*CUES[IMAGE], *CUES[METADATA]))


async def test_what_came_within_the_budget_counts_and_the_rest_is_late(media: MediaFile) -> None:
    hangs = Hangs()
    request = await Detection({IMAGE: hangs, METADATA: Answers(METADATA)}, budgets(0.05)).run(
        new_case(), media, NoNotes()
    )
    late = {piece.cue for piece in request.evidence if piece.HasField("abstention")}
    assert late == {"face_spatial", "noise_residual", "whole_picture"}
    assert hangs.closed


async def test_a_refusal_is_named_in_the_abstentions(media: MediaFile) -> None:
    request = await Detection({IMAGE: Refuses(), METADATA: Answers(METADATA)}, budgets(5)).run(
        new_case(), media, NoNotes()
    )
    missing = [piece for piece in request.evidence if piece.HasField("abstention")]
    assert {piece.abstention.reason for piece in missing} == {evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE}
    assert missing[0].abstention.parameters["error"] == "UNDECODABLE_MEDIA"


async def test_cancelling_reaches_the_detectors(media: MediaFile) -> None:
    hangs = Hangs()
    case = new_case()
    running = asyncio.ensure_future(
        Detection({IMAGE: hangs, METADATA: Answers(METADATA)}, budgets(60)).run(case, media, NoNotes())
    )
    while not case.fuse_request().evidence:
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert hangs.closed


async def test_faces_are_handed_on_while_their_finder_is_still_at_work(media: MediaFile) -> None:
    finder = FindsFaces()
    finder.go_on.set()
    user = UsesFaces(finder)
    detectors: dict[str, Detector] = {
        IMAGE: finder,
        TEMPORAL: user,
        AV_SYNC: Answers(AV_SYNC),
        METADATA: Answers(METADATA),
    }
    request = await Detection(detectors, budgets(5)).run(new_case(media_pb2.MEDIA_KIND_VIDEO), media, NoNotes())
    assert [inquiry.tracks for inquiry in user.asked] == [TRACKS]
    assert not any(piece.HasField("abstention") for piece in request.evidence)


@pytest.mark.parametrize("finder", [Refuses(), Hangs(), Answers(IMAGE)], ids=["fails", "is late", "finds none"])
async def test_without_a_finder_of_faces_the_others_are_asked_without(media: MediaFile, finder: Detector) -> None:
    user = Answers(TEMPORAL)
    detectors: dict[str, Detector] = {
        IMAGE: finder,
        TEMPORAL: user,
        AV_SYNC: Answers(AV_SYNC),
        METADATA: Answers(METADATA),
    }
    case = new_case(media_pb2.MEDIA_KIND_VIDEO)
    await Detection(detectors, budgets(0.2)).run(case, media, NoNotes())
    assert [inquiry.tracks for inquiry in user.asked] == ([] if isinstance(finder, Hangs) else [None])
    states = {progress.detector: progress.state for progress in case.analysis.progress}
    assert (states[TEMPORAL] == resources_pb2.DETECTOR_STATE_DONE) == bool(user.asked)


async def test_waiting_for_faces_counts_as_time_spent(media: MediaFile) -> None:
    finder = FindsFaces()
    user = UsesFaces(finder)
    asyncio.get_running_loop().call_later(0.1, finder.go_on.set)
    detectors: dict[str, Detector] = {
        IMAGE: finder,
        TEMPORAL: user,
        AV_SYNC: Answers(AV_SYNC),
        METADATA: Answers(METADATA),
    }
    await Detection(detectors, budgets(5)).run(new_case(media_pb2.MEDIA_KIND_VIDEO), media, NoNotes())
    assert user.asked[0].budget_s < 4.95


async def test_detectors_are_told_the_depth(media: MediaFile) -> None:
    answers = Answers(METADATA)
    await Detection({IMAGE: Refuses(), METADATA: answers}, budgets(5)).run(new_case(), media, NoNotes())
    assert answers.asked[0].depth == media_pb2.DEPTH_QUICK


async def test_who_takes_faces_late_is_at_work_before_they_are_found(media: MediaFile) -> None:
    finder = FindsFaces()
    late = TakesFacesLate(finder)
    detectors: dict[str, Detector] = {
        IMAGE: finder,
        TEMPORAL: Answers(TEMPORAL),
        AV_SYNC: late,
        METADATA: Answers(METADATA),
    }
    request = await Detection(detectors, budgets(5)).run(new_case(media_pb2.MEDIA_KIND_VIDEO), media, NoNotes())
    assert (late.tracks, late.asked[0].tracks) == ([TRACKS], None)
    assert not any(piece.HasField("abstention") for piece in request.evidence)


@pytest.mark.parametrize("finder", [Refuses(), Answers(IMAGE)], ids=["fails", "finds none"])
async def test_who_takes_faces_late_is_told_that_there_are_none(media: MediaFile, finder: Detector) -> None:
    late = TakesFacesLate()
    detectors: dict[str, Detector] = {
        IMAGE: finder,
        TEMPORAL: Answers(TEMPORAL),
        AV_SYNC: late,
        METADATA: Answers(METADATA),
    }
    await Detection(detectors, budgets(5)).run(new_case(media_pb2.MEDIA_KIND_VIDEO), media, NoNotes())
    assert late.tracks == [None]


async def test_nobody_waits_for_faces_in_a_recording(media: MediaFile) -> None:
    late = TakesFacesLate()
    detectors: dict[str, Detector] = {AV_SYNC: late, METADATA: Answers(METADATA)}
    await Detection(detectors, budgets(5)).run(new_case(media_pb2.MEDIA_KIND_AUDIO), media, NoNotes())
    assert late.tracks == [None]


class ComesBack(Answers):
    """Cannot be reached a few times; its first attempt breaks off in the middle."""

    def __init__(self, name: str, away: int) -> None:
        super().__init__(name)
        self.away = away

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        self.away -= 1
        if self.away >= 0:
            yield finding(CUES[self._name][0], 0.0, 1.0, "some_reason", {})
            raise DetectorUnavailable("it is away")
        async for event in super().examine(inquiry):
            yield event


@pytest.mark.parametrize(("away", "missing"), [(2, 0), (3, len(CUES[METADATA]))])
async def test_a_detector_that_is_away_is_asked_again_for_a_while(media: MediaFile, away: int, missing: int) -> None:
    metadata = ComesBack(METADATA, away)
    detection = Detection({IMAGE: Answers(IMAGE), METADATA: metadata}, budgets(5), patience=(0.0, 0.0))
    request = await detection.run(new_case(), media, NoNotes())
    asked = [cue for cue in CUES[METADATA] if any(piece.cue == cue for piece in request.evidence)]
    abstained = [piece for piece in request.evidence if piece.HasField("abstention")]
    assert len(abstained) == (missing and len(asked) - 1), "what it said before it broke off counts"


class RememberedNotes(NoNotes):
    """Notes in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, resources_pb2.Analysis] = {}

    async def keep(self, detector: str, part: resources_pb2.Analysis) -> None:
        self.kept[detector] = part

    async def keep_faces(self, faces: image_service_pb2.FaceTracks) -> None:
        self.faces = faces


async def test_who_takes_an_analysis_up_again_asks_only_those_who_had_not_ended(media: MediaFile) -> None:
    finder, notes = FindsFaces(), RememberedNotes()
    finder.go_on.set()
    detectors: dict[str, Detector] = {
        IMAGE: finder,
        TEMPORAL: Refuses(),
        AV_SYNC: TakesFacesLate(finder),
        METADATA: Answers(METADATA),
    }
    await Detection(detectors, budgets(5)).run(new_case(media_pb2.MEDIA_KIND_VIDEO), media, notes)
    assert set(notes.kept) == {IMAGE, AV_SYNC, METADATA}
    notes.parts = notes.kept
    user = Answers(TEMPORAL)
    case = new_case(media_pb2.MEDIA_KIND_VIDEO)
    request = await Detection({TEMPORAL: user}, budgets(5)).run(case, media, notes)
    assert [inquiry.tracks for inquiry in user.asked] == [TRACKS]
    assert not any(piece.HasField("abstention") for piece in request.evidence)
    assert len(case.analysis.tracks) == len(TRACKS.tracks)


class LostNotes(NoNotes):
    """Whose store is away."""

    async def keep(self, detector: str, part: resources_pb2.Analysis) -> None:
        raise StorageUnavailable(f"what {detector} has found cannot be kept")


async def test_a_note_that_cannot_be_kept_is_an_error_of_its_own(media: MediaFile) -> None:
    detectors: dict[str, Detector] = {IMAGE: Answers(IMAGE), METADATA: Answers(METADATA)}
    with pytest.raises(StorageUnavailable):
        await Detection(detectors, budgets(5)).run(new_case(), media, LostNotes())


class NotesAreAway(NoNotes):
    """Nothing can be noted."""

    def __init__(self, error: TelltaleError) -> None:
        super().__init__()
        self._error = error

    async def keep_faces(self, faces: image_service_pb2.FaceTracks) -> None:
        raise self._error


@pytest.mark.parametrize("error", [StorageUnavailable("the database is away"), StorageFull("its disk is full")])
async def test_notes_that_cannot_be_kept_are_no_fault_of_the_detector(media: MediaFile, error: TelltaleError) -> None:
    finder = FindsFaces()
    finder.go_on.set()
    detectors: dict[str, Detector] = {
        IMAGE: finder,
        TEMPORAL: Answers(TEMPORAL),
        AV_SYNC: Answers(AV_SYNC),
        METADATA: Answers(METADATA),
    }
    case = new_case(media_pb2.MEDIA_KIND_VIDEO)
    with pytest.raises(type(error)):
        await Detection(detectors, budgets(5)).run(case, media, NotesAreAway(error))

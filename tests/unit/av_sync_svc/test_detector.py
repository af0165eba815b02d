from __future__ import annotations

from collections.abc import Callable

import protovalidate
import pytest

from av_sync_svc.detector import AvSyncDetector, Cues, Ears, Event
from kit.errors import Cancelled, InvalidRequest, UnsupportedMediaKind
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.vision.watch import Eyes
from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from tests.support.av_sync import (
    FakeSoundReader,
    FixedCoherenceCue,
    FixedLipCue,
    StillFaces,
    TalkingAllTheTime,
    a_voice_cue,
)
from tests.support.clock import FakeClock
from tests.support.image import FixedFinder, a_face
from tests.support.moving import FakeVideoReader
from tests.support.temporal import a_path, tracks

MEDIA = MediaFile.from_bytes(b"x")
VIDEO = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_VIDEO, mime_type="video/mp4", width_px=640, height_px=360)
RECORDING = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_AUDIO, mime_type="audio/mpeg")
LateTracks = Callable[[], image_service_pb2.FaceTracks | None]


class Made:
    """A detector with everything that it is made of."""

    def __init__(self, *, sound_s: float | None = 6.0, speaks: bool = True, faces: int = 1) -> None:
        self.sound = FakeSoundReader(sound_s)
        self.mouths = StillFaces()
        self.lips, self.coherence = FixedLipCue(), FixedCoherenceCue()
        ears = Ears(self.sound, TalkingAllTheTime(speaks=speaks))
        eyes = Eyes(FakeVideoReader(6.0), FixedFinder([a_face(side=128 - index) for index in range(faces)]))
        cues = Cues(a_voice_cue(), self.lips, self.coherence)
        self.detector = AvSyncDetector(ears, eyes, self.mouths, cues, [], FakeClock())

    def analyze(
        self, info: media_pb2.MediaInfo, late: LateTracks = lambda: None, cancel: CancelToken | None = None
    ) -> list[Event]:
        """All events, which keep their contracts."""
        depth = media_pb2.DEPTH_STANDARD
        events = list(self.detector.analyze(MEDIA, info, depth, late, cancel or CancelToken()))
        for event in events:
            protovalidate.validate(event)
        return events


def told() -> image_service_pb2.FaceTracks:
    return tracks(a_path(0, 6), 640, 360, examined_s=6)


def never() -> image_service_pb2.FaceTracks | None:
    raise AssertionError("somebody waited for faces")


def evidence_in(events: list[Event]) -> dict[str, evidence_pb2.Evidence]:
    return {event.cue: event for event in events if isinstance(event, evidence_pb2.Evidence)}


def kinds(events: list[Event]) -> list[str]:
    """What came, in order, without the progress between."""
    named = [getattr(event, "cue", type(event).__name__) for event in events]
    return [name for name in named if name != "Progress"]


def test_of_a_video_all_that_is_heard_is_judged_before_anybody_waits_for_faces() -> None:
    made = Made()
    calls = made.detector.analyze(MEDIA, VIDEO, media_pb2.DEPTH_STANDARD, never, CancelToken())
    seen: list[Event] = []
    with pytest.raises(AssertionError, match="waited"):
        seen.extend(calls)
    assert kinds(seen) == ["Soundtrack", "voice_spoof", "av_coherence"]


def test_of_a_video_everything_comes_in_order() -> None:
    events = Made().analyze(VIDEO, told)
    assert kinds(events) == ["Soundtrack", "voice_spoof", "av_coherence", "LipSyncCurve", "lip_sync"]
    assert all(piece.HasField("finding") for piece in evidence_in(events).values())
    assert all(piece.HasField("compute_time") for piece in evidence_in(events).values())


def test_progress_never_falls_and_ends_near_the_end() -> None:
    shares = [event.done_share for event in Made().analyze(VIDEO) if isinstance(event, media_pb2.Progress)]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] >= 0.9
    assert len(shares) > 6


def test_faces_that_are_told_are_not_looked_for() -> None:
    made = Made(faces=0)
    made.analyze(VIDEO, told)
    assert made.lips.mouths is not None
    assert [mouth.track_id for mouth in made.lips.mouths] == [0]
    assert made.mouths.asked[0].squares_px[0].tolist() == pytest.approx([175, 75, 325, 225], abs=0.1)


def test_without_tracks_the_detector_finds_the_faces_itself() -> None:
    made = Made(faces=2)
    made.analyze(VIDEO)
    assert made.lips.mouths is not None
    assert {mouth.track_id for mouth in made.lips.mouths} == {0, 1}


def test_where_nobody_is_in_view_only_the_lips_abstain() -> None:
    found = evidence_in(Made(faces=0).analyze(VIDEO))
    assert found["lip_sync"].abstention.reason == evidence_pb2.ABSTENTION_REASON_NO_FACE
    assert found["av_coherence"].HasField("finding")


@pytest.mark.parametrize("made", [Made(speaks=False), Made(sound_s=0.9)], ids=["no speech", "hardly any"])
def test_where_nobody_speaks_nobody_waits_for_faces(made: Made) -> None:
    events = made.analyze(VIDEO, never)
    assert kinds(events) == ["Soundtrack", "voice_spoof", "av_coherence", "lip_sync"]
    assert evidence_in(events)["voice_spoof"].abstention.reason == evidence_pb2.ABSTENTION_REASON_NO_SPEECH
    assert made.mouths.asked == []


def test_a_video_without_sound_is_an_abstention_of_every_test() -> None:
    events = Made(sound_s=None).analyze(VIDEO, never)
    assert kinds(events) == ["voice_spoof", "lip_sync", "av_coherence"]
    reasons = {piece.abstention.reason for piece in evidence_in(events).values()}
    assert reasons == {evidence_pb2.ABSTENTION_REASON_NO_SOUND}


def test_a_recording_has_no_lips() -> None:
    made = Made()
    events = made.analyze(RECORDING, never)
    assert kinds(events) == ["Soundtrack", "voice_spoof", "av_coherence", "lip_sync"]
    assert evidence_in(events)["lip_sync"].abstention.reason == evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE


def test_the_soundtrack_tells_where_somebody_speaks() -> None:
    [soundtrack] = [event for event in Made().analyze(RECORDING) if isinstance(event, sound_pb2.Soundtrack)]
    assert [each.end.ToMilliseconds() for each in soundtrack.speech] == [6000]


def test_a_still_is_refused() -> None:
    info = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_IMAGE, mime_type="image/png")
    with pytest.raises(UnsupportedMediaKind, match="Send a recording or a video"):
        Made().analyze(info)


def test_tracks_without_the_picture_s_size_are_refused() -> None:
    info = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_VIDEO, mime_type="video/mp4")
    with pytest.raises(InvalidRequest, match="width_px"):
        Made().analyze(info, told)


def test_a_call_that_is_cancelled_while_it_waits_for_faces_looks_at_none() -> None:
    made, cancel = Made(), CancelToken()

    def late() -> None:
        cancel.cancel()

    with pytest.raises(Cancelled):
        made.analyze(VIDEO, late, cancel)
    assert made.mouths.asked == []


def test_a_call_that_is_cancelled_while_faces_are_decoded_looks_at_none() -> None:
    made, cancel = Made(), CancelToken()
    made.mouths.after_crops = cancel.cancel
    with pytest.raises(Cancelled):
        made.analyze(VIDEO, told, cancel)
    assert made.mouths.asked
    assert made.mouths.looked == 0


def test_a_call_that_is_cancelled_at_once_judges_nothing() -> None:
    made, cancel = Made(), CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        made.analyze(VIDEO, never, cancel)


def test_a_warm_detector_has_run_every_test() -> None:
    made = Made()
    made.detector.warm_up()
    assert made.lips.mouths is not None
    assert len(made.coherence.heard) == 1

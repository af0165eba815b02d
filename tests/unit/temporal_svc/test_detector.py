from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import protovalidate
import pytest

from kit.errors import Cancelled, InvalidRequest, UnsupportedMediaKind
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.spans import Span
from kit.media.video import Frames, Survey, VideoFacts
from kit.vision.clips import CLIP_HOP_S, FaceClip
from kit.vision.watch import Eyes
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from temporal_svc.detector import Event, TemporalDetector
from temporal_svc.footage import Footage
from tests.support.clock import FakeClock
from tests.support.image import FixedFinder, a_face
from tests.support.temporal import FixedCue, a_clip, a_path, tracks

MEDIA = MediaFile.from_bytes(b"x")
VIDEO = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_VIDEO, mime_type="video/mp4", width_px=640, height_px=360)


class MadeUpVideo:
    """Ten seconds of grey."""

    def survey(self, media: MediaFile, cancel: CancelToken) -> Survey:
        facts = VideoFacts(640, 360, 10.0, 250, 25.0, False, 0, "h264", False, False)
        return Survey(facts, (0.0,), np.zeros(1), np.zeros((1, 36, 64, 3), dtype=np.uint8))

    def frames(self, media: MediaFile, spans: Sequence[Span], cancel: CancelToken) -> Iterator[Frames]:
        for index, span in enumerate(spans):
            times_s = np.arange(span.start_s, span.end_s - 0.01, 0.16)
            pixels = np.full((len(times_s), 360, 640, 3), 128, dtype=np.uint8)
            yield Frames(times_s, np.full(len(times_s), index), pixels)


class EndlessClips:
    """A clip at every hop of what was examined, of every person; `stop_at` cancels from outside before that many."""

    def __init__(self, *, stop_at: int | None = None) -> None:
        self.footage: Footage | None = None
        self._stop_at = stop_at

    def read(self, media: MediaFile, footage: Footage, cancel: CancelToken) -> Iterator[FaceClip]:
        self.footage = footage
        starts: Iterable[float] = np.arange(0, footage.examined_s - CLIP_HOP_S, CLIP_HOP_S) if footage.paths else []
        for number, start_s in enumerate(starts):
            if number == self._stop_at:
                cancel.cancel()
            yield from (a_clip(float(start_s), track_id=path.track_id) for path in footage.paths)


def detector(cues: Sequence[FixedCue], clips: EndlessClips, *, faces: int = 1) -> TemporalDetector:
    eyes = Eyes(MadeUpVideo(), FixedFinder([a_face(side=100 - index) for index in range(faces)]))
    return TemporalDetector(eyes, clips, cues, [cue.model for cue in cues], FakeClock())


def analyze(
    made: TemporalDetector, told: image_service_pb2.FaceTracks | None, cancel: CancelToken | None = None
) -> tuple[list[float], list[evidence_pb2.Evidence]]:
    """Shares of progress, and evidence; progress must come first."""
    events: list[Event] = list(made.analyze(MEDIA, VIDEO, media_pb2.DEPTH_STANDARD, told, cancel or CancelToken()))
    for event in events:
        protovalidate.validate(event)
    shares = [event.done_share for event in events if isinstance(event, media_pb2.Progress)]
    evidence = [event for event in events if isinstance(event, evidence_pb2.Evidence)]
    assert events[len(shares) :] == evidence
    return shares, evidence


def told(examined_s: float = 20.0) -> image_service_pb2.FaceTracks:
    return tracks(a_path(0, examined_s), 640, 360, examined_s=examined_s)


def test_every_cue_sees_every_clip_and_gives_one_piece_of_evidence() -> None:
    cues = [FixedCue(name="face_motion"), FixedCue(lambda _: -1, name="face_drift")]
    _, evidence = analyze(detector(cues, EndlessClips()), told())
    assert [(each.cue, each.finding.log_likelihood_ratio) for each in evidence] == [
        ("face_motion", 1),
        ("face_drift", -1),
    ]
    assert len(cues[0].shown) == len(cues[1].shown) == len(evidence[0].finding.spans) == 31


def test_faces_that_are_told_are_not_looked_for() -> None:
    clips = EndlessClips()
    analyze(detector([FixedCue()], clips, faces=3), told())
    assert clips.footage is not None
    assert [path.track_id for path in clips.footage.paths] == [0]
    assert clips.footage.examined == (Span(0, 20),)
    assert np.allclose(clips.footage.paths[0].boxes_px[0], [200, 100, 300, 200], atol=0.01)


def test_without_tracks_the_detector_finds_the_faces_itself() -> None:
    clips = EndlessClips()
    shares, (evidence,) = analyze(detector([FixedCue()], clips), None)
    assert clips.footage is not None
    assert clips.footage.examined_s == pytest.approx(10)
    assert np.allclose(clips.footage.paths[0].boxes_px[0], a_face(side=100).box_px, atol=0.1)
    assert evidence.HasField("finding")
    assert [share for share in shares if 0.1 < share < 0.5]


def test_progress_never_falls_and_ends_near_the_end() -> None:
    shares, _ = analyze(detector([FixedCue()], EndlessClips()), None)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] > 0.8


def test_a_video_without_faces_is_an_abstention_of_every_cue() -> None:
    _, evidence = analyze(detector([FixedCue(), FixedCue(name="face_drift")], EndlessClips(), faces=0), None)
    assert [each.abstention.reason for each in evidence] == [evidence_pb2.ABSTENTION_REASON_NO_FACE] * 2


@pytest.mark.parametrize("kind", [media_pb2.MEDIA_KIND_IMAGE, media_pb2.MEDIA_KIND_AUDIO])
def test_what_is_no_video_is_refused(kind: media_pb2.MediaKind.ValueType) -> None:
    info = media_pb2.MediaInfo(kind=kind, mime_type="image/png")
    with pytest.raises(UnsupportedMediaKind, match="Send a video"):
        next(detector([], EndlessClips()).analyze(MEDIA, info, media_pb2.DEPTH_QUICK, None, CancelToken()))


def test_tracks_without_the_picture_s_size_are_refused() -> None:
    info = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_VIDEO, mime_type="video/mp4")
    with pytest.raises(InvalidRequest, match="width_px"):
        list(detector([], EndlessClips()).analyze(MEDIA, info, media_pb2.DEPTH_QUICK, told(), CancelToken()))


def test_a_cancelled_call_shows_no_cue_another_clip() -> None:
    cue = FixedCue()
    with pytest.raises(Cancelled):
        analyze(detector([cue], EndlessClips(stop_at=20)), told(60.0))
    assert len(cue.shown) == 16


def test_a_cancelled_call_looks_at_no_other_frame() -> None:
    cancel, finder = CancelToken(), FixedFinder([a_face()])
    made = TemporalDetector(Eyes(MadeUpVideo(), finder), EndlessClips(), [], [], FakeClock())
    events = made.analyze(MEDIA, VIDEO, media_pb2.DEPTH_STANDARD, None, cancel)
    next(events), next(events)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(events)


def test_warming_up_shows_every_cue_a_clip() -> None:
    cues = [FixedCue(), FixedCue(name="face_drift")]
    detector(cues, EndlessClips()).warm_up()
    assert [len(cue.shown) for cue in cues] == [1, 1]

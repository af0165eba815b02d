from __future__ import annotations

import math
from collections.abc import Sequence

from kit.vision.clips import FaceClip
from telltale.common.v1 import evidence_pb2
from temporal_svc.cues.cue import Floats
from temporal_svc.opinion import Seen
from temporal_svc.session import Session
from tests.support.clock import FakeClock
from tests.support.temporal import FixedCue, a_clip

SEEN = Seen(faces=1, clips=3, largest_face_px=200, examined_s=3)


class SlowCue(FixedCue):
    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def log_likelihood_ratios(self, clips: Sequence[FaceClip]) -> Floats:
        self._clock.advance(0.25)
        return super().log_likelihood_ratios(clips)


def test_faces_below_the_size_that_a_test_needs_are_not_shown_to_it() -> None:
    cue = FixedCue(min_face_px=80)
    session = Session(cue, FakeClock())
    session.show([a_clip(0, face_px=79), a_clip(1, face_px=80)])
    session.show([a_clip(2, face_px=20)])
    assert [clip.start_s for clip in cue.shown] == [1]


def test_a_clip_without_an_opinion_is_left_out_of_the_timeline() -> None:
    session = Session(FixedCue(lambda start_s: math.nan if start_s == 1 else 2.0), FakeClock())
    session.show([a_clip(0), a_clip(1), a_clip(2)])
    assert len(session.evidence(SEEN).finding.spans) == 2


def test_a_test_without_any_opinion_abstains() -> None:
    session = Session(FixedCue(lambda _: math.nan), FakeClock())
    session.show([a_clip(0)])
    assert session.evidence(SEEN).abstention.reason == evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE


def test_the_time_of_all_batches_is_told() -> None:
    clock = FakeClock()
    session = Session(SlowCue(clock), clock)
    session.show([a_clip(0)])
    clock.advance(5)
    session.show([a_clip(1)])
    assert session.evidence(SEEN).compute_time.ToMilliseconds() == 500

from __future__ import annotations

from dataclasses import replace

import protovalidate
import pytest

from telltale.common.v1 import evidence_pb2
from temporal_svc.opinion import Seen, evidence_of, quality
from tests.support.temporal import FixedCue, a_moment

SEEN = Seen(faces=2, clips=9, largest_face_px=200, examined_s=6.4)


def test_the_finding_follows_the_worst_stretch_and_says_when() -> None:
    moments = [a_moment(0.64 * index, 2.5 if index > 5 else -1, track_id=1) for index in range(9)]
    evidence = evidence_of(FixedCue(), moments, 9, SEEN)
    protovalidate.validate(evidence)
    assert evidence.finding.log_likelihood_ratio == 2.5
    assert evidence.finding.reason.code == "movement_strange"
    assert dict(evidence.finding.reason.parameters) == {"start_s": "4.5", "end_s": "5.8", "people": "1"}
    assert len(evidence.finding.spans) == 9
    assert evidence.model.name == "face_motion"


def test_a_finding_against_manipulation_has_the_other_code() -> None:
    evidence = evidence_of(FixedCue(), [a_moment(0, -0.5)], 1, SEEN)
    assert (evidence.finding.reason.code, evidence.finding.log_likelihood_ratio) == ("movement_usual", -0.5)


@pytest.mark.parametrize(
    ("seen", "shown", "reason", "parameters"),
    [
        (replace(SEEN, faces=0, clips=0, largest_face_px=0.0), 0, evidence_pb2.ABSTENTION_REASON_NO_FACE, set()),
        (replace(SEEN, clips=0, largest_face_px=0.0), 0, evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE, {"missing"}),
        (
            replace(SEEN, largest_face_px=31.4),
            0,
            evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL,
            {"face_px", "needed_px"},
        ),
        (SEEN, 9, evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE, {"clips"}),
    ],
    ids=["no face", "never long enough in view", "too small", "no opinion on any clip"],
)
def test_without_a_clip_to_judge_the_test_abstains_and_says_why(
    seen: Seen, shown: int, reason: evidence_pb2.AbstentionReason.ValueType, parameters: set[str]
) -> None:
    evidence = evidence_of(FixedCue(), [], shown, seen)
    protovalidate.validate(evidence)
    assert evidence.abstention.reason == reason
    assert set(evidence.abstention.parameters) == parameters


def test_small_faces_tell_less() -> None:
    row = [0.64 * index for index in range(8)]
    large = quality([a_moment(start_s, face_px=120) for start_s in row], 60, 6.4)
    small = quality([a_moment(start_s, face_px=60) for start_s in row], 60, 6.4)
    assert (large, small) == (1.0, 0.5)


def test_a_face_that_shows_up_for_a_moment_of_a_long_video_tells_less() -> None:
    assert quality([a_moment(0)], 60, 30.0) == pytest.approx(1.28 / 3.84)
    assert quality([a_moment(0)], 60, 1.28) == 1.0

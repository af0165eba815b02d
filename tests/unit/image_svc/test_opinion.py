from __future__ import annotations

import numpy as np
import protovalidate
import pytest

from image_svc.cues.face_spatial import FaceSpatialCue
from image_svc.cues.frequency import FrequencyCue
from image_svc.opinion import face_evidence, key_frame_evidence, photos_only, stands_for
from image_svc.timeline import Moment
from kit.convert.evidence import abstention, finding
from kit.media.spans import Span
from telltale.common.v1 import evidence_pb2
from tests.support.image import FixedSession, a_face, a_model, a_test

JUDGE = FaceSpatialCue(FixedSession({}), a_model("face_spatial"))
CUE = FrequencyCue(a_test(3), a_model())
STRETCHES = [Span(0.0, 1.28), Span(1.28, 2.56)]
FRAME_PX = (400, 400)


def looks(ratio: float, *, track_id: int = 0, side: float = 240) -> list[Moment]:
    return [Moment(track_id, number * 0.32, a_face(side=side, probability=1), ratio) for number in range(8)]


def faces(moments: list[Moment], *, largest_px: float = 240) -> evidence_pb2.Evidence:
    evidence = face_evidence(JUDGE, moments, STRETCHES, FRAME_PX, largest_px)
    protovalidate.validate(evidence)
    return evidence


def on_key_frame(ratio: float, stretch: Span) -> tuple[Moment, Span, evidence_pb2.Evidence]:
    code = "frequency_spectrum_unusual" if ratio > 0 else "frequency_spectrum_usual"
    found = finding("frequency", ratio, 0.5, code, {})
    return Moment(0, stretch.start_s, a_face(), ratio), stretch, found


def refused(reason: evidence_pb2.AbstentionReason.ValueType) -> tuple[Moment, Span, evidence_pb2.Evidence]:
    return Moment(0, 0.0, a_face(), 0.0), STRETCHES[0], abstention("frequency", reason, {"face_px": "9"})


def test_the_worst_person_decides_and_is_pointed_at() -> None:
    evidence = faces(looks(-1.0) + looks(2.0, track_id=1))
    assert evidence.finding.log_likelihood_ratio == pytest.approx(2)
    assert {region.track_id for region in evidence.finding.regions} == {1}
    assert evidence.finding.reason.code == "face_texture_synthetic"
    assert {k: evidence.finding.reason.parameters[k] for k in ("faces", "suspicious_faces")} == {
        "faces": "2",
        "suspicious_faces": "1",
    }


def test_every_person_has_a_timeline() -> None:
    spans = faces(looks(-1.0) + looks(2.0, track_id=1)).finding.spans
    assert [(span.track_id, span.log_likelihood_ratio) for span in spans] == [(0, -1.0)] * 4 + [(1, 2.0)] * 4


def test_innocent_faces_speak_against_manipulation() -> None:
    evidence = faces(looks(-1.0))
    assert (evidence.finding.reason.code, evidence.finding.log_likelihood_ratio) == ("face_texture_natural", -1)
    assert evidence.finding.reason.parameters["suspicious_faces"] == "0"


def test_quality_is_that_of_most_faces() -> None:
    assert faces(looks(1.0, side=240)).finding.quality == 1
    assert faces(looks(1.0, side=90)).finding.quality == pytest.approx(0.75)


def test_without_a_face_large_enough_it_abstains() -> None:
    assert faces([], largest_px=0).abstention.reason == evidence_pb2.ABSTENTION_REASON_NO_FACE
    small = faces([], largest_px=40.2).abstention
    assert small.reason == evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL
    assert small.parameters == {"face_px": "40", "needed_px": "60"}


def test_key_frames_speak_for_their_stretches_and_the_worst_decides() -> None:
    evidence = key_frame_evidence(CUE, [on_key_frame(-1.0, STRETCHES[0]), on_key_frame(1.5, STRETCHES[1])], FRAME_PX)
    protovalidate.validate(evidence)
    assert [span.log_likelihood_ratio for span in evidence.finding.spans] == [-1, 1.5]
    assert (evidence.finding.log_likelihood_ratio, evidence.finding.quality) == (1.5, 0.5)
    assert evidence.finding.reason.code == "frequency_spectrum_unusual"
    assert evidence.finding.regions[0].time_offset.ToMilliseconds() == 1280


def test_key_frames_that_are_refused_do_not_count() -> None:
    too_small = evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL
    evidence = key_frame_evidence(CUE, [refused(too_small), on_key_frame(-1.0, STRETCHES[1])], FRAME_PX)
    assert [span.start.ToMilliseconds() for span in evidence.finding.spans] == [1280]


def test_the_most_common_reason_is_told_when_all_are_refused() -> None:
    too_small, too_compressed = (
        evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL,
        evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED,
    )
    judged = [refused(too_compressed), refused(too_small), refused(too_small)]
    evidence = key_frame_evidence(CUE, judged, FRAME_PX)
    assert evidence.abstention.reason == too_small
    assert evidence.abstention.parameters == {"face_px": "9"}


def test_without_key_frames_there_is_no_face() -> None:
    assert key_frame_evidence(CUE, [], FRAME_PX).abstention.reason == evidence_pb2.ABSTENTION_REASON_NO_FACE


def test_a_test_of_photos_says_that_a_video_is_out_of_its_range() -> None:
    evidence = photos_only(CUE)
    protovalidate.validate(evidence)
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
    assert evidence.abstention.parameters == {"media_kind": "video"}


def test_a_key_frame_stands_for_the_time_in_which_its_face_is_there() -> None:
    span = stands_for(Span(1.28, 2.56), np.asarray([0.16, 1.76, 1.92, 2.08, 4.0]))
    assert (span.start_s, span.end_s) == pytest.approx((1.68, 2.16))

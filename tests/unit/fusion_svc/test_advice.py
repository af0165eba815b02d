from __future__ import annotations

import pytest

from fusion_svc.abstentions import abstentions
from fusion_svc.advice import second_advice
from fusion_svc.catalogue import catalogue_for
from fusion_svc.fuse import weigh
from fusion_svc.policy import Decision, Doubt
from fusion_svc.tested import Shortfall
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2
from tests.support.fusion import PARAMETERS, a_finding, an_abstention

MANIPULATED = Decision(verdict_pb2.LABEL_MANIPULATED)
AUTHENTIC = Decision(verdict_pb2.LABEL_AUTHENTIC)
THIN = Decision(verdict_pb2.LABEL_INCONCLUSIVE, Doubt.THIN)
LATE = an_abstention("gamma", evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED)
CUES = (
    "exif_consistency",
    "face_spatial",
    "lip_sync",
    "noise_residual",
    "provenance",
    "software_traces",
    "voice_spoof",
)
WEIGHING = PARAMETERS.model_copy(update={"weights": dict.fromkeys(CUES, 1.0)})


def advice(decision: Decision, *evidence: evidence_pb2.Evidence, media: str = "image") -> str | None:
    """The second advice on this evidence."""
    missing = abstentions(evidence, [], media, catalogue_for("en"))
    return second_advice(decision, media, weigh(evidence, WEIGHING), evidence, missing)


@pytest.mark.parametrize(
    ("cue", "code", "name"),
    [
        ("provenance", "provenance_declares_synthetic", "credential"),
        ("provenance", "provenance_broken", "seal"),
        ("voice_spoof", "voice_synthetic", "voice"),
        ("lip_sync", "lips_out_of_sync", "lips"),
        ("exif_consistency", "exif_pixel_size", "resaved"),
        ("noise_residual", "noise_inconsistent", "copies"),
        ("software_traces", "software_generator_mark", "mark"),
        ("face_spatial", "face_texture_synthetic", "face"),
    ],
)
def test_advice_follows_the_signal_that_decided(cue: str, code: str, name: str) -> None:
    other = "face_spatial" if cue != "face_spatial" else "noise_residual"
    assert advice(MANIPULATED, a_finding(cue, 3.0, code=code), a_finding(other, 2.0)) == name


def test_pictures_of_a_video_are_looked_up_one_by_one() -> None:
    assert advice(MANIPULATED, a_finding("face_spatial", 3.0), media="video") == "face_in_frames"


def test_a_video_without_faces_is_looked_up_by_its_frames() -> None:
    assert (
        advice(THIN, an_abstention("beta", evidence_pb2.ABSTENTION_REASON_NO_FACE), media="video") == "copies_of_frames"
    )


def test_a_test_that_nobody_knows_gives_no_advice() -> None:
    unknown = WEIGHING.model_copy(update={"weights": {"never_heard_of": 1.0}})
    found = [a_finding("never_heard_of", 3.0)]
    assert second_advice(MANIPULATED, "image", weigh(found, unknown), found, []) is None


def test_what_speaks_against_manipulation_is_no_reason_to_look_for_copies() -> None:
    assert advice(AUTHENTIC, a_finding("noise_residual", -3.0), a_finding("face_spatial", 0.2)) is None


def test_after_failures_the_advice_is_to_try_again() -> None:
    assert advice(AUTHENTIC, a_finding("noise_residual", -3.0), LATE) == "again"
    assert advice(THIN, LATE, an_abstention("beta", evidence_pb2.ABSTENTION_REASON_NO_SPEECH)) == "again"


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        (evidence_pb2.ABSTENTION_REASON_NO_SPEECH, "longer"),
        (evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL, "larger"),
        (evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED, "larger"),
        (evidence_pb2.ABSTENTION_REASON_NO_FACE, "copies"),
        (evidence_pb2.ABSTENTION_REASON_NO_MOUTH, None),
    ],
)
def test_where_too_little_was_tested_the_advice_follows_the_reason(
    reason: evidence_pb2.AbstentionReason.ValueType, name: str | None
) -> None:
    assert advice(THIN, an_abstention("beta", reason)) == name


@pytest.mark.parametrize(("quantity", "name"), [("seconds", "longer"), ("side_px", "larger"), ("sample_rate_hz", None)])
def test_outside_the_tested_range_the_advice_follows_what_there_is_too_little_of(
    quantity: str, name: str | None
) -> None:
    outside = Decision(verdict_pb2.LABEL_INCONCLUSIVE, Doubt.OUT_OF_RANGE, (Shortfall(quantity, 1.0, 2.0),))
    assert advice(outside, a_finding("face_spatial", 3.0)) == name

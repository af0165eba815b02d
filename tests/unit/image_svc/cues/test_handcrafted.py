from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import protovalidate
import pytest

from image_svc.cues.frequency import FREQUENCY
from image_svc.cues.gates import Refusal
from image_svc.cues.handcrafted import Anomaly, Handcrafted, HandcraftedCue, Measured
from image_svc.cues.noise_residual import NOISE_RESIDUAL
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2
from tests.support.image import a_face, a_model, a_test, noisy_picture

AREA = (32.0, 0.0, 64.0, 64.0)
CRAFTS = pytest.mark.parametrize(
    ("craft", "features"), [(FREQUENCY, 138), (NOISE_RESIDUAL, 86)], ids=["frequency", "noise_residual"]
)


def measure_two(picture: Picture, faces: Sequence[Face]) -> Measured | Refusal:
    anomaly = Anomaly(np.ones((4, 2), dtype=np.float32), AREA)
    return Measured(np.asarray([0.5, 0.5], dtype=np.float32), 1.0, anomaly)


FIXED = Handcrafted("fixed", "fixed_suspicious", "fixed_ordinary", measure_two)


def fixed(bias: float, reach: float = 10) -> evidence_pb2.Evidence:
    cue = HandcraftedCue(FIXED, a_test(2, bias=bias, reach=reach), a_model(limit=3))
    return cue.examine(noisy_picture(128, 128), [a_face()])


@pytest.mark.parametrize(
    ("bias", "ratio", "code"),
    [(1.5, 1.5, "fixed_suspicious"), (-1.5, -1.5, "fixed_ordinary"), (9, 3, "fixed_suspicious")],
)
def test_the_ratio_is_calibrated_and_bounded_by_the_card(bias: float, ratio: float, code: str) -> None:
    evidence = fixed(bias)
    protovalidate.validate(evidence)
    assert evidence.finding.log_likelihood_ratio == pytest.approx(ratio)
    assert evidence.finding.reason.code == code
    assert evidence.model.name == "frequency"


def test_only_a_suspicious_face_is_pointed_at() -> None:
    assert [region.track_id for region in fixed(1).finding.regions] == [0]
    assert not fixed(-1).finding.regions


def test_the_map_is_dimmed_by_how_little_the_picture_is_suspected() -> None:
    suspected, innocent = fixed(3).finding.map, fixed(-3).finding.map
    assert (suspected.width, suspected.height) == (2, 4)
    assert suspected.area.x_min == pytest.approx(0.25)
    assert max(innocent.values) < 15 < 240 < min(suspected.values)


def test_features_beyond_those_of_the_fit_make_it_abstain() -> None:
    evidence = fixed(3, reach=0.1)
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
    assert evidence.abstention.parameters["strangeness"] == "5.0"


@CRAFTS
def test_a_picture_with_a_face_gets_a_finding(craft: Handcrafted, features: int) -> None:
    cue = HandcraftedCue(craft, a_test(features, bias=1), a_model(craft.name))
    evidence = cue.examine(noisy_picture(), [a_face()])
    protovalidate.validate(evidence)
    assert (evidence.cue, evidence.finding.reason.code) == (craft.name, craft.suspicious_code)


@CRAFTS
def test_a_picture_without_a_face_gets_an_abstention(craft: Handcrafted, features: int) -> None:
    evidence = HandcraftedCue(craft, a_test(features), a_model(craft.name)).examine(noisy_picture(), [])
    protovalidate.validate(evidence)
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_NO_FACE

from __future__ import annotations

import protovalidate
import pytest

from image_svc.cues.frequency import FrequencyCue, measure
from image_svc.cues.gates import Refusal
from telltale.common.v1 import evidence_pb2
from tests.support.image import a_face, a_model, a_test, noisy_picture


def examine(bias: float, reach: float = 1e9) -> evidence_pb2.Evidence:
    measured = measure(noisy_picture(), [a_face()])
    assert not isinstance(measured, Refusal)
    cue = FrequencyCue(a_test(measured.features.size, bias=bias, reach=reach), a_model(limit=3))
    evidence = cue.examine(noisy_picture(), [a_face()])
    protovalidate.validate(evidence)
    return evidence


@pytest.mark.parametrize(
    ("bias", "ratio", "code"),
    [
        (1.5, 1.5, "frequency_spectrum_unusual"),
        (-1.5, -1.5, "frequency_spectrum_usual"),
        (9, 3, "frequency_spectrum_unusual"),
    ],
)
def test_the_ratio_is_calibrated_and_bounded_by_the_card(bias: float, ratio: float, code: str) -> None:
    evidence = examine(bias)
    assert evidence.finding.log_likelihood_ratio == pytest.approx(ratio)
    assert (evidence.cue, evidence.finding.reason.code) == ("frequency", code)
    assert evidence.model.name == "frequency"


def test_only_a_suspicious_face_is_pointed_at() -> None:
    assert [region.track_id for region in examine(1).finding.regions] == [0]
    assert not examine(-1).finding.regions


def test_features_beyond_those_of_the_fit_make_it_abstain() -> None:
    evidence = examine(3, reach=1e-3)
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
    assert float(evidence.abstention.parameters["strangeness"]) > 1


def test_a_picture_without_a_face_gets_an_abstention() -> None:
    evidence = FrequencyCue(a_test(3), a_model()).examine(noisy_picture(), [])
    protovalidate.validate(evidence)
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_NO_FACE

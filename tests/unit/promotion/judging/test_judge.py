from __future__ import annotations

import math

import pytest

from fusion_svc.model import read_fusion_model
from kit.convert.evidence import abstention, finding
from kit.errors import InvalidRequest
from kit.models.registry import Registry
from promotion.judging.judge import OwnTest, Verdict, checked, threshold_of
from promotion.measurements import Reading
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.model.v1 import card_pb2
from tests.support.promotion import ROOT

PHOTO = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_IMAGE, mime_type="image/jpeg", width_px=800, height_px=600)
OURS = evidence_pb2.ModelReference(name="frequency")
OTHERS = evidence_pb2.ModelReference(name="face_spatial")


def said(ratio: float, model: evidence_pb2.ModelReference = OURS) -> evidence_pb2.Evidence:
    return finding(model.name, ratio, 1.0, "some_reason", {}, model=model)


def test_only_the_models_own_test_counts() -> None:
    reading = OwnTest("frequency", 1.0)([said(4.0, OTHERS), said(0.5)], PHOTO)
    assert (reading.llr, reading.alarm) == (0.5, False)
    assert OwnTest("frequency", 0.5)([said(0.5)], PHOTO).alarm


def test_an_abstention_is_no_number_and_has_its_reason() -> None:
    silent = abstention("frequency", evidence_pb2.ABSTENTION_REASON_NO_FACE, {}, model=OURS)
    reading = OwnTest("frequency", 1.0)([silent], PHOTO)
    assert (reading.llr, reading.abstention) == (None, "ABSTENTION_REASON_NO_FACE")
    assert OwnTest("frequency", 1.0)([said(1.0, OTHERS)], PHOTO).llr is None


@pytest.mark.parametrize("ratio", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_a_failure_and_no_abstention(ratio: float) -> None:
    with pytest.raises(InvalidRequest, match="which is no ratio"):
        checked(Reading(ratio, False, 0.0))
    assert checked(Reading(None, False, 0.0)).llr is None


def test_the_verdict_is_the_sum_of_all_findings_without_the_prior() -> None:
    judged = Verdict(read_fusion_model(Registry(ROOT / "models").load("fusion")))
    accusing, clearing = (judged([said(ratio, OTHERS)], PHOTO) for ratio in (3.0, -3.0))
    assert accusing.llr is not None
    assert clearing.llr is not None
    assert accusing.llr == pytest.approx(-clearing.llr)
    assert accusing.llr > 0
    assert judged([], PHOTO).llr is None


def test_a_model_accuses_at_its_point_with_the_fewest_false_alarms() -> None:
    card = card_pb2.ModelCard()
    assert threshold_of(card, 1.0) == 1.0
    for threshold in (0.7, 2.0):
        card.postprocessing.operating_points.append(card_pb2.OperatingPoint(name="point", threshold=threshold))
    assert threshold_of(card, 1.0) == 2.0

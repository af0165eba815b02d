from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_svc.judge import judge
from fusion_svc.tested import MeasuredRange
from kit.errors import InvalidRequest
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from tests.support.fusion import PARAMETERS, PHOTO, a_finding, a_model, all_kinds, an_abstention

MODEL = a_model()
SILENT = an_abstention("beta", evidence_pb2.ABSTENTION_REASON_NO_FACE)
ROLES = verdict_pb2.ExplanationRole


def roles(verdict: verdict_pb2.Verdict) -> list[str]:
    """Roles of the explanation, in order."""
    return [ROLES.Name(entry.role).removeprefix("EXPLANATION_ROLE_") for entry in verdict.explanation]


def test_a_verdict_holds_label_risk_confidence_and_sums() -> None:
    verdict = judge([a_finding("alpha", 3.0), SILENT], PHOTO, MODEL)
    assert (verdict.label, verdict.risk_score, verdict.log_odds) == (verdict_pb2.LABEL_MANIPULATED, 95.5, 3.0)
    assert verdict.confidence == 0.955
    assert verdict.operating_point.name == "image_manipulated"


def test_the_doubt_behind_an_inconclusive_verdict_is_told_and_none_behind_a_label() -> None:
    doubts = [judge([a_finding("alpha", ratio)], PHOTO, MODEL).doubt for ratio in (3.0, 0.1)]
    assert doubts == [verdict_pb2.DOUBT_UNSPECIFIED, verdict_pb2.DOUBT_BALANCED]


def test_a_picture_smaller_than_any_that_was_measured_gets_no_label() -> None:
    tested = PARAMETERS.model_copy(update={"tested_range": MeasuredRange(side_px=128.0)})
    small = media_pb2.MediaInfo(width_px=100, height_px=200)
    small.MergeFrom(PHOTO)
    verdict = judge([a_finding("alpha", 5.0)], small, a_model(all_kinds(image=tested)))
    assert (verdict.label, verdict.doubt) == (verdict_pb2.LABEL_INCONCLUSIVE, verdict_pb2.DOUBT_OUT_OF_RANGE)
    assert (verdict.log_odds, verdict.HasField("confidence")) == (5.0, False)


def test_any_order_of_evidence_gives_the_same_bytes() -> None:
    evidence = [a_finding("alpha", 3.0, faces="1"), SILENT, a_finding("gamma", -2.0), a_finding("zeta", 1.0)]
    answers = {
        judge(order, PHOTO, MODEL).SerializeToString(deterministic=True) for order in itertools.permutations(evidence)
    }
    assert len(answers) == 1


@pytest.mark.parametrize(("asked", "used"), [("de-AT", "de"), ("en", "en"), ("tlh", "en")])
def test_a_verdict_names_the_language_that_its_sentences_are_in(asked: str, used: str) -> None:
    english, other = judge([], PHOTO, MODEL), judge([], PHOTO, MODEL, asked)
    assert other.language == used
    assert (other.explanation[0].text == english.explanation[0].text) == (used == "en")


def test_the_explanation_goes_from_meaning_to_advice() -> None:
    verdict = judge([a_finding("alpha", 3.0), a_finding("gamma", -4.0), SILENT], PHOTO, MODEL)
    assert roles(verdict) == ["MEANING", "FOR", "AGAINST", "NOT_EXAMINED", "RELIABILITY", "ADVICE"]


def test_without_any_evidence_the_verdict_is_inconclusive_and_names_all_that_is_missing() -> None:
    verdict = judge([], PHOTO, MODEL)
    assert (verdict.label, verdict.risk_score) == (verdict_pb2.LABEL_INCONCLUSIVE, 50.0)
    assert not verdict.HasField("confidence")
    assert [entry.cue for entry in verdict.abstentions] == ["alpha", "beta"]


def test_a_test_that_the_model_does_not_know_is_named_and_not_counted() -> None:
    verdict = judge([a_finding("alpha", 0.5), a_finding("zeta", 20.0)], PHOTO, MODEL)
    assert verdict.log_odds == 0.5
    told = [entry.text for entry in verdict.explanation if entry.code == "not_weighed"]
    assert told == ['Not counted, because the fusion model does not know how reliable it is: "zeta".']


def test_a_contradiction_is_told_as_one() -> None:
    verdict = judge([a_finding("alpha", -4.0), a_finding("beta", 4.0)], PHOTO, MODEL)
    assert verdict.explanation[0].text == (
        "Strong signals contradict each other, so we do not take a side. The photo may be genuine or manipulated."
    )


@settings(deadline=None)
@given(st.floats(-20, 20), st.floats(-20, 20), st.floats(0, 20))
def test_more_evidence_for_manipulation_never_lowers_the_risk(alpha: float, beta: float, more: float) -> None:
    before = judge([a_finding("alpha", alpha), a_finding("beta", beta)], PHOTO, MODEL)
    after = judge([a_finding("alpha", alpha), a_finding("beta", beta), a_finding("gamma", more)], PHOTO, MODEL)
    assert after.risk_score >= before.risk_score


def test_media_of_no_kind_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="kind of media"):
        judge([], media_pb2.MediaInfo(), MODEL)


def test_evidence_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="log_likelihood_ratio"):
        judge([a_finding("alpha", float("nan"))], PHOTO, MODEL)

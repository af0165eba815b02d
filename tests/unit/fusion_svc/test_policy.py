from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_svc.fuse import weigh
from fusion_svc.policy import DOUBTS, Decision, Doubt, confidence, decide, operating_point, risk_score
from fusion_svc.tested import Shortfall
from telltale.fusion.v1 import verdict_pb2
from tests.support.fusion import PARAMETERS, a_finding, a_model

MANIPULATED = Decision(verdict_pb2.LABEL_MANIPULATED)
SUSPICIOUS = Decision(verdict_pb2.LABEL_SUSPICIOUS)
AUTHENTIC = Decision(verdict_pb2.LABEL_AUTHENTIC)
THIN, CONFLICT, BALANCED = (
    Decision(verdict_pb2.LABEL_INCONCLUSIVE, doubt) for doubt in (Doubt.THIN, Doubt.CONFLICT, Doubt.BALANCED)
)


@pytest.mark.parametrize(
    ("log_odds", "decision"),
    [
        (2.0, MANIPULATED),
        (1.999, SUSPICIOUS),
        (1.0, SUSPICIOUS),
        (0.999, BALANCED),
        (0.0, BALANCED),
        (-0.999, BALANCED),
        (-1.0, AUTHENTIC),
    ],
)
def test_labels_begin_at_their_thresholds(log_odds: float, decision: Decision) -> None:
    assert decide(weigh([a_finding("alpha", log_odds)], PARAMETERS), PARAMETERS) == decision


@pytest.mark.parametrize("ratio", [20, -20])
def test_thin_evidence_gives_no_label_however_strong_it_is(ratio: float) -> None:
    assert decide(weigh([a_finding("alpha", ratio, 0.49)], PARAMETERS), PARAMETERS) == THIN


def test_no_evidence_gives_no_label() -> None:
    assert decide(weigh([], PARAMETERS), PARAMETERS) == THIN


def test_one_strong_fact_decides_alone_once_its_weighted_contribution_passes_the_threshold() -> None:
    assert decide(weigh([a_finding("beta", 3.99)], PARAMETERS), PARAMETERS) == SUSPICIOUS
    assert decide(weigh([a_finding("beta", 4.0)], PARAMETERS), PARAMETERS) == MANIPULATED


@pytest.mark.parametrize("against", [-1.5, -4.0])
def test_strong_signals_on_both_sides_contradict_each_other(against: float) -> None:
    balance = weigh([a_finding("alpha", against), a_finding("beta", 3.0)], PARAMETERS)
    assert decide(balance, PARAMETERS) == CONFLICT


def test_a_weak_signal_on_one_side_is_no_conflict() -> None:
    balance = weigh([a_finding("alpha", -4.0), a_finding("beta", 2.9)], PARAMETERS)
    assert decide(balance, PARAMETERS) == AUTHENTIC


def test_evidence_that_outweighs_a_contradiction_keeps_its_label() -> None:
    balance = weigh([a_finding("alpha", 5.0), a_finding("beta", -3.0)], PARAMETERS)
    assert decide(balance, PARAMETERS) == MANIPULATED


SHORT = (Shortfall("side_px", 90.0, 128.0),)


@pytest.mark.parametrize("ratio", [-3.0, 0.0, 5.0])
def test_outside_the_tested_range_what_media_look_like_gives_no_label(ratio: float) -> None:
    decision = decide(weigh([a_finding("alpha", ratio)], PARAMETERS), PARAMETERS, SHORT)
    assert (decision.doubt, decision.outside) == (Doubt.OUT_OF_RANGE, SHORT)


@pytest.mark.parametrize(
    ("declared", "seen", "label"),
    [
        (2.5, 0.0, verdict_pb2.LABEL_MANIPULATED),
        (1.5, 9.0, verdict_pb2.LABEL_SUSPICIOUS),
        (0.9, 9.0, verdict_pb2.LABEL_INCONCLUSIVE),
        (2.5, -2.0, verdict_pb2.LABEL_INCONCLUSIVE),
    ],
)
def test_outside_the_tested_range_a_declared_origin_counts_alone_and_never_for_more_than_all_together(
    declared: float, seen: float, label: verdict_pb2.Label.ValueType
) -> None:
    parameters = PARAMETERS.model_copy(update={"weights": {**PARAMETERS.weights, "provenance": 1.0}})
    balance = weigh([a_finding("provenance", declared), a_finding("alpha", seen)], parameters)
    assert decide(balance, parameters, SHORT).label == label


def test_every_doubt_has_its_value_in_the_contract() -> None:
    assert set(DOUBTS) == {None, *Doubt}
    assert len(set(DOUBTS.values())) == len(verdict_pb2.Doubt.values())


@pytest.mark.parametrize(
    ("log_odds", "percent"), [(0.0, 50.0), (2.0, 88.0), (-2.0, 12.0), (3.0, 95.5), (1000.0, 100.0), (-1000.0, 0.0)]
)
def test_the_risk_score_is_a_probability_in_percent(log_odds: float, percent: float) -> None:
    assert risk_score(log_odds) == percent


def test_confidence_is_the_probability_of_the_label() -> None:
    assert confidence(MANIPULATED, 2.0) == 0.88
    assert confidence(AUTHENTIC, -2.0) == 0.88


def test_an_inconclusive_verdict_has_no_confidence() -> None:
    assert confidence(CONFLICT, 0.5) is None


@settings(deadline=None)
@given(st.floats(-20, 20), st.floats(-20, 20))
def test_a_label_is_always_likelier_than_not(alpha: float, beta: float) -> None:
    balance = weigh([a_finding("alpha", alpha), a_finding("beta", beta)], PARAMETERS)
    decision = decide(balance, PARAMETERS)
    sure = confidence(decision, balance.log_odds)
    assert (sure is None) == (decision.label == verdict_pb2.LABEL_INCONCLUSIVE)
    assert sure is None or 0.5 < sure <= 1


@pytest.mark.parametrize(
    ("decision", "log_odds", "name"),
    [
        (MANIPULATED, 3.0, "manipulated"),
        (SUSPICIOUS, 1.5, "suspicious"),
        (AUTHENTIC, -3.0, "authentic"),
        (BALANCED, 0.5, "suspicious"),
        (THIN, -5.0, "suspicious"),
        (THIN, 1.5, "manipulated"),
        (THIN, 5.0, "manipulated"),
    ],
)
def test_the_operating_point_is_that_of_the_label_or_the_next_that_raises_suspicion(
    decision: Decision, log_odds: float, name: str
) -> None:
    point = operating_point(decision, log_odds, "video", a_model().operating_points)
    assert point.name == f"video_{name}"

"""Weights from the decisive stretch."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from colab_training.video_fusion.clips import labels
from colab_training.video_fusion.fitting import Fitted, fit, hear, regress
from tests.training.colab_training.video_fusion.made_up import clips, settings

CUES = ["face_drift", "face_motion"]


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    found = clips(20)
    return fit(found, [hear(entry, CUES) for entry in found], CUES, settings(), np.full(2, np.nan))


def test_a_test_that_sees_fakes_outweighs_one_that_sees_nothing(fitted: Fitted) -> None:
    assert fitted.weights["face_motion"] > 0.5 > fitted.weights["face_drift"] >= 0


def test_other_clips_are_told_apart(fitted: Fitted) -> None:
    others = clips(10, split="val")
    log_odds, fake = fitted.log_odds(others, 0.25), labels(others)
    assert np.median(log_odds[fake]) > 0 > np.median(log_odds[~fake])


def test_what_the_fit_looks_at_adds_up_to_what_is_served(fitted: Fitted) -> None:
    entry = clips(1)[0]
    ratios, stretches = hear(entry, CUES).decisive(CUES, np.array([fitted.weights[cue] for cue in CUES]))
    expected = fitted.prior_log_odds - 0.25 * np.log(stretches) + ratios @ [fitted.weights[cue] for cue in CUES]
    assert fitted.log_odds([entry], 0.25)[0] == pytest.approx(expected)


def test_a_test_without_weight_is_still_heard() -> None:
    ratios, _ = hear(clips(1)[0], CUES).decisive(CUES, np.array([0.0, 0.5]))
    assert ratios[0] != 0


def test_a_clip_without_spans_is_heard_as_a_whole() -> None:
    entry = clips(1)[0]
    for found in entry.request.evidence:
        found.finding.ClearField("spans")
    ratios, stretches = hear(entry, CUES).decisive(CUES, np.ones(2))
    assert ratios.tolist() == [found.finding.log_likelihood_ratio for found in reversed(entry.request.evidence)]
    assert stretches == 1


def test_without_any_evidence_weights_stay_where_they_began() -> None:
    fake = np.array([True, False])
    weights, prior = regress(np.zeros((2, 3)), np.zeros(2), fake, np.full(2, 0.5), settings(), np.full(3, np.nan))
    assert weights.tolist() == [0.5, 0.5, 0.5]
    assert prior == pytest.approx(0.0, abs=1e-6)


def test_a_test_that_points_the_wrong_way_gets_no_weight() -> None:
    rng = np.random.default_rng(0)
    fake = np.arange(400) % 2 == 0
    against = rng.normal(np.where(fake, -2.0, 2.0), 1.0)
    weights, _ = regress(against[:, None], np.zeros(400), fake, np.full(400, 1 / 400), settings(), np.array([np.nan]))
    assert weights.tolist() == [0.0]


def test_a_weight_that_is_given_stays_while_others_are_found() -> None:
    found = clips(20)
    fitted = fit(found, [hear(entry, CUES) for entry in found], CUES, settings(), np.array([0.4, np.nan]))
    assert fitted.weights["face_drift"] == 0.4
    assert fitted.weights["face_motion"] > 0.5

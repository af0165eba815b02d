"""Weights and thresholds of fusion."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.fusion_fit import (
    FitItems,
    FitSettings,
    compare_cues,
    fit_weights,
    held_out_log_odds,
    scale_factor,
    weighted_quantile,
)

SETTINGS = FitSettings(penalty=1e-4, dropped_share=0.0, copies=1)


def evidence(count: int = 4000) -> FitItems:
    """Two calibrated cues (normal with variance twice the mean) and one of pure noise; four pictures a group."""
    rng = np.random.default_rng(0)
    fake = rng.random(count) < 0.5
    signs = np.where(fake, 1.0, -1.0)
    cues = [rng.normal(signs * mean, np.sqrt(2 * mean)) for mean in (1.0, 0.5)]
    ratios = np.stack([*cues, rng.normal(0, 1, count)], axis=1)
    groups = np.array([str(n // 4) for n in range(count)])
    return FitItems(ratios, fake, np.ones(count), np.ones(count), groups)


def compared(ratios: np.ndarray, fake: np.ndarray) -> np.ndarray:
    return compare_cues(ratios, fake, np.ones(len(fake)), SETTINGS)


def test_independent_calibrated_cues_get_weight_one_and_noise_none() -> None:
    items = evidence()
    np.testing.assert_allclose(compared(items.ratios, items.fake), [1.0, 1.0, 0.0], atol=0.12)


def test_a_cue_said_twice_shares_its_weight() -> None:
    items = evidence()
    doubled = np.stack([items.ratios[:, 0], items.ratios[:, 0]], axis=1)
    assert abs(compared(doubled, items.fake).sum() - 1.0) < 0.12


def test_a_cue_that_points_the_wrong_way_gets_no_weight() -> None:
    items = evidence()
    assert compared(-items.ratios[:, :1], items.fake)[0] == 0.0


def test_timid_log_odds_are_scaled_up_and_bold_ones_down() -> None:
    items = evidence()
    true_log_odds = items.ratios[:, 0] + items.ratios[:, 1]
    assert scale_factor(true_log_odds / 2, items.fake, items.item_shares) == pytest.approx(2.0, abs=0.15)
    assert scale_factor(true_log_odds * 2, items.fake, items.item_shares) == pytest.approx(0.5, abs=0.05)


def test_what_a_strong_penalty_takes_from_the_sum_is_given_back() -> None:
    items, timid = evidence(), FitSettings(penalty=0.1, dropped_share=0.25, copies=2)
    first = compare_cues(items.ratios, items.fake, items.shares, timid)
    weights = fit_weights(items, timid)
    assert first[:2].sum() < 1.6
    assert weights[:2].sum() == pytest.approx(2.0, abs=0.2)
    np.testing.assert_allclose(weights / weights.sum(), first / first.sum())


def test_held_out_log_odds_come_from_other_groups() -> None:
    items = evidence(400)
    held_out = held_out_log_odds(items, SETTINGS)
    seen = items.ratios @ fit_weights(items, SETTINGS)
    assert (held_out != seen).all()
    assert np.corrcoef(held_out, seen)[0, 1] > 0.98


def test_a_quantile_counts_weight() -> None:
    values, shares = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 8.0])
    assert weighted_quantile(values, shares, 0.5) == 2.0
    assert weighted_quantile(values, shares, 0.05) == 1.0
    assert weighted_quantile(values, shares, 0.95) == 3.0

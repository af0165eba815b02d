"""Weights and thresholds of fusion."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.fusion_fit import FitSettings, fit_weights, held_out_log_odds, weighted_quantile

SETTINGS = FitSettings(penalty=1e-4, dropped_share=0.0, copies=1)


def evidence(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Two calibrated cues (normal with variance twice the mean) and one of pure noise."""
    rng = np.random.default_rng(0)
    fake = rng.random(count) < 0.5
    signs = np.where(fake, 1.0, -1.0)
    cues = [rng.normal(signs * mean, np.sqrt(2 * mean)) for mean in (1.0, 0.5)]
    return np.stack([*cues, rng.normal(0, 1, count)], axis=1), fake


def test_independent_calibrated_cues_get_weight_one_and_noise_none() -> None:
    ratios, fake = evidence()
    weights = fit_weights(ratios, fake, np.ones(len(fake)), SETTINGS)
    np.testing.assert_allclose(weights, [1.0, 1.0, 0.0], atol=0.12)


def test_a_cue_said_twice_shares_its_weight() -> None:
    ratios, fake = evidence()
    doubled = np.stack([ratios[:, 0], ratios[:, 0]], axis=1)
    weights = fit_weights(doubled, fake, np.ones(len(fake)), SETTINGS)
    assert abs(weights.sum() - 1.0) < 0.12


def test_a_cue_that_points_the_wrong_way_gets_no_weight() -> None:
    ratios, fake = evidence()
    assert fit_weights(-ratios[:, :1], fake, np.ones(len(fake)), SETTINGS)[0] == 0.0


def test_held_out_log_odds_come_from_other_groups() -> None:
    ratios, fake = evidence(400)
    groups = [str(n // 4) for n in range(400)]
    held_out = held_out_log_odds(ratios, fake, np.ones(400), groups, SETTINGS)
    seen = ratios @ fit_weights(ratios, fake, np.ones(400), SETTINGS)
    assert (held_out != seen).all()
    assert np.corrcoef(held_out, seen)[0, 1] > 0.98


def test_a_quantile_counts_weight() -> None:
    values, shares = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 8.0])
    assert weighted_quantile(values, shares, 0.5) == 2.0
    assert weighted_quantile(values, shares, 0.05) == 1.0
    assert weighted_quantile(values, shares, 0.95) == 3.0

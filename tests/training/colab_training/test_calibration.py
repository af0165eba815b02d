"""Calibrated numbers mean what they say."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import math

import numpy as np

from colab_training.calibration import (
    fit_calibration,
    likelihood_limit,
    operating_point,
    source_weights,
    threshold_at,
)
from colab_training.manifest import Sample


def sample(source: str, fake: bool, number: int) -> Sample:
    return Sample(f"{source}/{number}.jpg", fake, "kind", "calibration", str(number))


def test_the_fit_finds_the_true_likelihood_ratio_whatever_the_prior() -> None:
    rng = np.random.default_rng(0)
    fake = np.repeat([True, False], [8000, 2000])
    raw = rng.normal(np.where(fake, 1.0, -1.0), 1.0)  # log-likelihood ratio of these Gaussians: 2 * raw
    calibration = fit_calibration(raw, list(fake), dataset="made up")
    assert abs(calibration.slope - 2.0) < 0.15
    assert abs(calibration.intercept) < 0.15
    assert calibration.items == 10_000


def test_the_limit_grows_with_the_rarer_class() -> None:
    assert likelihood_limit([True] * 1000 + [False] * 100) == math.log(10)
    assert likelihood_limit([True, False]) == 0.5


def test_classes_weigh_alike_and_small_sources_more_than_their_share() -> None:
    samples = [sample("big", n % 2 == 0, n) for n in range(200)] + [sample("small", n % 2 == 0, n) for n in range(8)]
    weights, fake = source_weights(samples), np.array([s.fake for s in samples])
    assert weights[fake].sum() == pytest.approx(weights[fake].size)
    assert weights[200:].sum() == pytest.approx(weights[:200].sum() / 5)


def test_the_threshold_lets_no_more_real_pictures_pass_than_allowed() -> None:
    real = np.arange(100.0)
    threshold = threshold_at(real, 0.05)
    assert (real >= threshold).sum() == 5


def test_an_operating_point_states_its_measured_rates() -> None:
    point = operating_point("suspicious", 0.5, [True, True, False, False], [0.4, 0.6, 0.5, 0.1], "made up")
    assert (point.false_positive_rate, point.true_positive_rate) == (0.5, 0.5)
    assert point.false_positive_rate_upper > 0.9
    assert (point.authentic_items, point.manipulated_items) == (2, 2)

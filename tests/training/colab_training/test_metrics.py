"""Numbers of quality against hand-computed ones."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.metrics import (
    auc,
    bootstrap,
    equal_error_rate,
    expected_calibration_error,
    rate,
    true_positive_rate,
)


def test_auc_counts_pairs_in_the_right_order() -> None:
    assert auc([True, True, False, False], [0.9, 0.2, 0.5, 0.1]) == 0.75


def test_ties_count_half() -> None:
    assert auc([True, False], [0.3, 0.3]) == 0.5


def test_auc_of_one_class_is_not_a_number() -> None:
    assert np.isnan(auc([True, True], [0.1, 0.2]))


def test_equal_error_rate_of_separated_classes_is_zero() -> None:
    assert equal_error_rate([False, False, True, True], [1.0, 2.0, 3.0, 4.0]) == 0.0


def test_equal_error_rate_of_noise_is_a_half() -> None:
    rng = np.random.default_rng(0)
    assert abs(equal_error_rate(rng.random(4000) < 0.5, rng.random(4000)) - 0.5) < 0.03


def test_overconfidence_is_a_calibration_error() -> None:
    assert expected_calibration_error([True, False], [0.5, 0.5]) == 0.0
    assert abs(expected_calibration_error([True, False], [0.95, 0.95]) - 0.45) < 1e-9


def test_the_interval_holds_the_value_and_shrinks_with_data() -> None:
    rng = np.random.default_rng(1)
    labels = rng.random(800) < 0.5
    values = labels + rng.normal(0, 1, 800)
    few, many = bootstrap(auc, labels[:80], values[:80], rounds=200), bootstrap(auc, labels, values, rounds=200)
    assert many.low < many.value < many.high
    assert many.high - many.low < few.high - few.low


def test_no_hits_in_thirty_still_allow_a_tenth() -> None:
    none = rate(0, 30)
    assert (none.value, none.low) == (0.0, 0.0)
    assert 0.09 < none.high < 0.13


def test_the_true_positive_rate_is_what_the_allowed_false_alarms_buy() -> None:
    fake = [False] * 100 + [True] * 4
    values = [*range(100), 93.5, 95, 98.5, 200]
    assert true_positive_rate(fake, values, 0.05) == 0.75
    assert true_positive_rate(fake, values, 0.01) == 0.5


def test_too_few_real_pictures_cannot_tell_a_rare_false_alarm() -> None:
    assert np.isnan(true_positive_rate([False] * 50 + [True], [0.0] * 50 + [1.0], 0.01))

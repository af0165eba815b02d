"""Weights by the tests that spoke."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from colab_training.ensemble.methods import common_weights
from colab_training.ensemble.patterns import Patterned, PatternSettings, exactly, fit_patterned
from tests.training.colab_training.ensemble.made_up import table


def test_every_set_of_tests_that_spoke_often_has_weights_of_its_own() -> None:
    fitted = fit_patterned(table(), common_weights(table()), PatternSettings())
    assert sorted(fitted.patterns) == [(0,), (0, 1), (0, 1, 2), (0, 2), (1,), (1, 2), (2,)]
    assert all((values[:-1] >= 0).all() for values in fitted.patterns.values())


def test_rare_sets_keep_the_common_weights() -> None:
    fitted = fit_patterned(table(60), np.ones(3), PatternSettings(least_items=40))
    assert not fitted.patterns
    assert fitted.log_odds(np.array([[1.0, np.nan, 2.0]])).tolist() == [3.0]


def test_the_weights_of_the_set_that_spoke_are_used() -> None:
    fitted = Patterned(np.ones(3), {(0, 2): np.array([2.0, 0.5, -1.0])})
    ratios = np.array([[1.0, np.nan, 2.0], [1.0, 1.0, 2.0]])
    assert fitted.log_odds(ratios).tolist() == [2.0, 4.0]
    assert exactly(ratios, (0, 2)).tolist() == [True, False]


def test_a_strong_penalty_leaves_the_common_weights() -> None:
    fitted = fit_patterned(table(), np.full(3, 0.7), PatternSettings(penalty=1e6))
    assert all(values == pytest.approx([*[0.7] * len(key), 0.0], abs=1e-3) for key, values in fitted.patterns.items())


def test_scaling_scales_log_odds() -> None:
    fitted = fit_patterned(table(), common_weights(table()), PatternSettings())
    ratios = table(seed=1).ratios
    assert fitted.scaled(0.5).log_odds(ratios) == pytest.approx(0.5 * fitted.log_odds(ratios))

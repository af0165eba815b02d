"""Thresholds with a promise."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("scipy", reason="the training environment is not installed")

import numpy as np

from colab_training.ensemble.conformal import NORMAL, ON_AVERAGE, OTHERS, SURE, promise, promises, tolerance_limit


@pytest.mark.parametrize(
    ("items", "sure", "rests_on"), [(58, True, NORMAL), (59, True, SURE), (18, False, NORMAL), (19, False, ON_AVERAGE)]
)
def test_a_promise_without_assumptions_takes_so_many_items(items: int, sure: bool, rests_on: str) -> None:
    assert promise("source", np.arange(items, dtype=float), 0.05, sure=sure).rests_on == rests_on


def test_the_threshold_lies_just_above_the_largest_where_none_may_be_accused() -> None:
    own = promise("source", np.arange(59.0), 0.05)
    assert 58.0 < own.threshold < 58.0 + 1e-9


def test_a_promise_is_kept_in_nineteen_of_twenty_draws() -> None:
    rng = np.random.default_rng(0)
    beyond = [
        0.5 * math.erfc(promise("source", rng.normal(size=100), 0.05).threshold / math.sqrt(2)) for _ in range(400)
    ]
    assert np.mean(np.array(beyond) <= 0.05) >= 0.93


def test_a_tolerance_limit_of_few_normal_items_is_kept_as_often() -> None:
    rng = np.random.default_rng(0)
    beyond = [0.5 * math.erfc(tolerance_limit(rng.normal(size=20), 0.05) / math.sqrt(2)) for _ in range(400)]
    assert np.mean(np.array(beyond) <= 0.05) == pytest.approx(0.95, abs=0.03)


def test_fewer_items_ask_for_more() -> None:
    few, many = (tolerance_limit(np.tile([-1.0, 1.0], half), 0.05) for half in (6, 30))
    assert few > many > 1.6


def test_sources_that_are_too_small_stand_together() -> None:
    sources = ["large"] * 80 + ["middle"] * 12 + ["tiny"] * 4 + ["little"] * 5
    found = promises(np.linspace(-1, 1, 101), sources, 0.05)
    assert [(own.source, own.items) for own in found] == [("large", 80), ("middle", 12), (OTHERS, 9)]


@pytest.mark.parametrize(("items", "largest"), [(19, 18.0), (38, 37.0), (39, 37.0), (99, 94.0)])
def test_plain_split_conformal_takes_the_rank_of_the_textbook(items: int, largest: float) -> None:
    assert promise("source", np.arange(items, dtype=float), 0.05, sure=False).threshold == pytest.approx(largest)

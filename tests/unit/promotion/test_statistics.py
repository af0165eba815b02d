from __future__ import annotations

import math

import numpy as np
import pytest

from promotion.statistics import (
    auc,
    chance_of_so_many,
    cllr,
    difference,
    expected_calibration_error,
    rate_bounds,
)
from tests.support.promotion import drawn

FAKE = np.array([False] * 200 + [True] * 200)


def test_the_area_is_the_share_of_pairs_in_order_and_ties_count_half() -> None:
    fake = np.array([False, False, True, True])
    assert auc(fake, np.array([0.0, 1.0, 2.0, 3.0])) == 1
    assert auc(fake, np.array([0.0, 2.0, 2.0, 3.0])) == 0.875
    assert auc(fake, np.zeros(4)) == 0.5
    assert math.isnan(auc(fake[2:], np.zeros(2)))


def test_saying_nothing_costs_one_bit_and_misleading_more() -> None:
    right = np.where(FAKE, 5.0, -5.0)
    assert cllr(FAKE, np.zeros(400)) == pytest.approx(1)
    assert cllr(FAKE, right) < 0.02
    assert cllr(FAKE, -right) > 5


def test_ratios_that_are_too_bold_are_badly_calibrated() -> None:
    ratios = drawn(200, 200)
    assert expected_calibration_error(FAKE, ratios) < 0.08
    assert expected_calibration_error(FAKE, 5 * ratios) > expected_calibration_error(FAKE, ratios) + 0.03


def test_equal_models_differ_by_nothing_however_items_are_drawn() -> None:
    ratios = drawn(200, 200)
    found = difference(auc, FAKE, ratios, ratios, rounds=200, seed=0)
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_the_same_seed_gives_the_same_bounds() -> None:
    ours, theirs = drawn(200, 200, seed=1), drawn(200, 200, seed=2)
    one, two = (difference(auc, FAKE, ours, theirs, rounds=200, seed=3) for _ in range(2))
    assert one == two
    assert one.low < one.value < one.high


def test_bounds_of_a_share_hold_it_and_narrow_with_items() -> None:
    low, high = rate_bounds(5, 100)
    assert low < 0.05 < high
    assert rate_bounds(50, 1000)[0] > low
    assert rate_bounds(0, 10)[0] == 0
    assert rate_bounds(0, 0) == (0, 1)


def test_five_changes_one_way_are_unlikely_and_one_is_not() -> None:
    assert chance_of_so_many(5, 0) == pytest.approx(1 / 32)
    assert chance_of_so_many(1, 0) == 0.5
    assert chance_of_so_many(0, 0) == 1

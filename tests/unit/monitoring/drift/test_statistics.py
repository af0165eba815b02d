from __future__ import annotations

import math

import numpy as np
import pytest

from monitoring.drift.statistics import ks, ks_bound


def test_ks_is_the_largest_gap() -> None:
    values, counts = np.array([1.0, 2, 3, 4]), np.array([1.0, 1, 1, 1])
    assert ks(values, counts, np.array([4.0, 4, 4, 4])) == 0.75
    assert ks(values, counts, np.array([1.0, 2, 3, 4])) == 0


def test_ks_without_a_change_is_seldom_above_its_bound() -> None:
    chance = np.random.default_rng(2)
    found = [ks(np.sort(chance.random(400)), np.ones(400), chance.random(300)) for _ in range(2000)]
    assert np.mean(np.array(found) > ks_bound(400, 300, 0.05)) < 0.06
    assert np.mean(np.array(found) > ks_bound(400, 300, 0.05)) > 0.02


def test_ks_bound_is_the_one_of_the_tables() -> None:
    assert ks_bound(100, 100, 0.05) == pytest.approx(1.358 * math.sqrt(2 / 100), rel=1e-3)

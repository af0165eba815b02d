from __future__ import annotations

import math

import numpy as np
import pytest

from monitoring.drift.statistics import binomial_tail, chi_squared_quantile, ks, ks_bound, psi, psi_bound


def test_equal_histograms_have_no_psi() -> None:
    assert psi(np.array([10.0, 20, 70]), np.array([10.0, 20, 70])) == 0


def test_psi_is_that_of_the_formula_and_symmetric() -> None:
    before, after = np.array([9_000.0, 1_000]), np.array([5_000.0, 5_000])
    assert psi(before, after) == pytest.approx(0.4 * math.log(9), rel=1e-3)
    assert psi(before, after) == pytest.approx(psi(after, before))


def test_an_empty_bin_keeps_psi_finite() -> None:
    assert 1 < psi(np.array([100.0, 0]), np.array([0.0, 100])) < 20


@pytest.mark.parametrize(
    ("freedom", "below", "true"), [(9, 0.95, 16.919), (9, 0.9999, 33.720), (1, 0.999, 10.828), (4, 0.99999, 28.473)]
)
def test_quantiles_of_chi_squared(freedom: int, below: float, true: float) -> None:
    assert true * 0.99 < chi_squared_quantile(freedom, below) < true * 1.1


def test_psi_without_a_change_is_what_is_expected_and_seldom_above_its_bound() -> None:
    chance = np.random.default_rng(1)
    shares = np.full(10, 0.1)
    found = [
        psi(chance.multinomial(1000, shares).astype(float), chance.multinomial(500, shares).astype(float))
        for _ in range(4000)
    ]
    assert np.mean(found) == pytest.approx(9 * (1 / 1000 + 1 / 500), rel=0.05)
    assert 0.005 < np.mean(np.array(found) > psi_bound(10, 1000, 500, 0.01)) < 0.015


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


def test_binomial_tails_are_exact() -> None:
    assert binomial_tail(0, 5, 0.5) == 1
    assert binomial_tail(5, 5, 0.5) == pytest.approx(1 / 32)
    assert binomial_tail(4, 5, 0.5) == pytest.approx(6 / 32)
    assert binomial_tail(1, 5, 0.0) == 0

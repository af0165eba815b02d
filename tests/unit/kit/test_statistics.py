from __future__ import annotations

import math

import numpy as np
import pytest

from kit.statistics import binomial_tail, chi_squared_quantile, fisher_tail, psi, psi_bound


def test_equal_counts_have_no_psi_and_nothing_has_none() -> None:
    assert psi((10, 20, 70), (10, 20, 70)) == 0
    assert math.isnan(psi((0, 0), (1, 1)))


def test_psi_is_that_of_the_formula_and_symmetric() -> None:
    before, after = np.array([9_000.0, 1_000]), np.array([5_000.0, 5_000])
    assert psi(before, after) == pytest.approx(0.4 * math.log(9), rel=1e-3)
    assert psi(before, after) == pytest.approx(psi(after, before))


def test_an_empty_class_keeps_psi_finite_and_counts_only_where_one_has_it() -> None:
    assert 1 < psi((100, 0), (0, 100)) < 20
    assert psi((100, 50, 0), (10, 9, 0)) == psi((100, 50), (10, 9))


@pytest.mark.parametrize(
    ("freedom", "below", "true"), [(9, 0.95, 16.919), (9, 0.9999, 33.720), (1, 0.999, 10.828), (4, 0.99999, 28.473)]
)
def test_quantiles_of_chi_squared(freedom: int, below: float, true: float) -> None:
    assert true * 0.99 < chi_squared_quantile(freedom, below) < true * 1.1


def test_psi_without_a_change_is_what_is_expected_and_seldom_above_its_bound() -> None:
    chance = np.random.default_rng(1)
    shares = np.full(10, 0.1)
    found = [psi(chance.multinomial(1000, shares), chance.multinomial(500, shares)) for _ in range(4000)]
    assert np.mean(found) == pytest.approx(9 * (1 / 1000 + 1 / 500), rel=0.05)
    assert 0.005 < np.mean(np.array(found) > psi_bound(10, 1000, 500, 0.01)) < 0.015


def test_binomial_tails_are_exact() -> None:
    assert binomial_tail(0, 10, 0.01) == 1.0
    assert binomial_tail(1, 10, 0.01) == pytest.approx(1 - 0.99**10)
    assert binomial_tail(4, 5, 0.5) == pytest.approx(6 / 32)
    assert binomial_tail(5, 5, 0.5) == pytest.approx(1 / 32)
    assert (binomial_tail(3, 3, 0.0), binomial_tail(3, 3, 1.0)) == (0.0, 1.0)


def test_fisher_is_exact() -> None:
    assert fisher_tail(0, 5, 0, 5) == 1.0
    # Both hits of four calls are the first one's two: one way of six.
    assert fisher_tail(2, 2, 0, 2) == pytest.approx(1 / 6)
    assert fisher_tail(0, 0, 3, 5) == 1.0
    assert fisher_tail(8, 10, 1, 6) == pytest.approx(280 / 11440)  # 8 of the 9 hits are the first one's, or all


def test_tails_of_many_are_neither_lost_nor_more_than_one() -> None:
    assert binomial_tail(1, 10**6, 0.5) == pytest.approx(1.0)
    assert binomial_tail(500_000, 10**6, 0.5) == pytest.approx(0.5, abs=1e-3)
    assert fisher_tail(20_000, 40_000, 20_000, 40_000) == pytest.approx(0.5, abs=3e-3)
    assert 0 < fisher_tail(60, 400, 0, 40_000) < 1e-90

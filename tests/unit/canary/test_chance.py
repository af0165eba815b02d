from __future__ import annotations

import math

import pytest

from canary.chance import chance_of_at_least, chance_of_so_uneven, psi, psi_by_chance


def test_the_chance_of_at_least_so_many_hits() -> None:
    assert chance_of_at_least(0, 10, 0.01) == 1.0
    assert chance_of_at_least(1, 10, 0.01) == pytest.approx(1 - 0.99**10)
    assert chance_of_at_least(2, 2, 0.5) == pytest.approx(0.25)
    assert chance_of_at_least(3, 3, 0.0) == 0.0
    assert chance_of_at_least(3, 3, 1.0) == 1.0


def test_the_chance_of_two_that_differ_so_much() -> None:
    assert chance_of_so_uneven(0, 5, 0, 5) == 1.0
    # Both hits of four calls are the first one's two: one way of six.
    assert chance_of_so_uneven(2, 2, 0, 2) == pytest.approx(1 / 6)
    assert chance_of_so_uneven(0, 0, 3, 5) == 1.0


def test_alike_is_an_index_of_zero_and_nothing_is_none() -> None:
    assert psi((10, 20, 30), (10, 20, 30)) == 0.0
    assert psi((0, 100), (100, 0)) > 1.0
    assert math.isnan(psi((0, 0), (1, 1)))


def test_proportions_count_and_not_totals() -> None:
    assert psi((1000, 2000), (100, 200)) < 0.001


def test_chance_explains_less_the_more_there_is() -> None:
    few, many = (5, 5, 5), (500, 500, 500)
    assert psi_by_chance(few, few, 0.001) > 1.0
    assert psi_by_chance(many, many, 0.001) < 0.02


def test_the_quantile_is_that_of_chi_square() -> None:
    # 13.816 is exceeded by chi-square with two degrees of freedom once in a thousand; 10 and 10 values make a fifth of it.
    assert psi_by_chance((4, 3, 3), (3, 4, 3), 0.001) == pytest.approx(13.816 / 5, rel=0.03)

from __future__ import annotations

import numpy as np
import pytest

from canary.chance import chance_of_a_look, chance_of_so_apart, psi_on_average


def test_all_looks_together_take_no_more_than_the_chance() -> None:
    looks = [chance_of_a_look(0.001, 4, 2**doublings) for doublings in range(60)]
    assert 0.00098 < 4 * sum(looks) < 0.001
    assert chance_of_a_look(0.001, 4, 0) == looks[0]


def test_few_values_that_lie_apart_may_be_chance_and_many_may_not() -> None:
    assert chance_of_so_apart((3, 0), (0, 3)) == pytest.approx(2 / 20)
    assert chance_of_so_apart((0, 20), (1000, 0)) < 1e-30
    assert chance_of_so_apart((20, 0, 0), (0, 0, 1000)) < 1e-30
    assert chance_of_so_apart((10, 20), (100, 200)) == 1.0


def test_two_draws_of_few_with_rare_classes_seldom_lie_apart() -> None:
    chance = np.random.default_rng(3)
    shares = np.array([0.9, 0.05, 0.03, 0.01, 0.005, 0.005])
    draws = ((chance.multinomial(40, shares), chance.multinomial(800, shares)) for _ in range(4000))
    assert sum(chance_of_so_apart(list(map(int, a)), list(map(int, b))) < 0.01 for a, b in draws) <= 40


def test_few_values_make_an_index_on_average() -> None:
    assert psi_on_average((10, 10, 0), (5, 5, 0)) == pytest.approx(1 / 20 + 1 / 10)

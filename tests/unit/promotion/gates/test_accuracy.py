from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from promotion.gates.accuracy import accuracy
from promotion.measurements import Measurements
from promotion.statistics import Floats, auc
from tests.support.promotion import a_card, a_case, drawn, items, side


def worse_by(ratios: Floats, fake: np.ndarray, points: float) -> Floats:
    """The ratios, of which fakes are lowered below all real ones, weakest accusation last, until the area is so much less."""
    found, lowest = ratios.copy(), float(ratios.min())
    for number in np.flatnonzero(fake)[np.argsort(-ratios[fake])]:
        if auc(fake, ratios) - auc(fake, found) >= points:
            break
        found[number] = lowest - 1
    return found


@pytest.mark.parametrize("count", [50, 200, 1000])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_two_points_worse_is_refused(tmp_path: Path, count: int, seed: int) -> None:
    live, fake = drawn(count, count, seed), np.array([False] * count + [True] * count)
    candidate = worse_by(live, fake, 0.02)
    measured = Measurements(items(count, count), side(list(candidate)), side(list(live)))
    gate = accuracy(a_case(tmp_path, measured))
    assert not gate.passed
    assert gate.finding.endswith("and the margin is 0.01")
    assert gate.live - gate.candidate >= 0.02


@pytest.mark.parametrize("count", [50, 200, 1000])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_equal_passes(tmp_path: Path, count: int, seed: int) -> None:
    ratios = list(drawn(count, count, seed))
    gate = accuracy(a_case(tmp_path, Measurements(items(count, count), side(ratios), side(ratios))))
    assert gate.passed, gate.finding
    assert (gate.difference_low, gate.difference_high, gate.items) == (0, 0, 2 * count)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_a_little_better_passes(tmp_path: Path, seed: int) -> None:
    live = drawn(1000, 1000, seed)
    candidate = live + np.where(np.arange(2000) < 1000, -0.1, 0.1)
    gate = accuracy(a_case(tmp_path, Measurements(items(1000, 1000), side(list(candidate)), side(list(live)))))
    assert gate.passed, gate.finding
    assert gate.candidate > gate.live


def test_few_items_cannot_tell_models_apart_and_the_gate_says_how_many_would(tmp_path: Path) -> None:
    measured = Measurements(items(60, 60), side(list(drawn(60, 60, 2))), side(list(drawn(60, 60, 1))))
    gate = accuracy(a_case(tmp_path, measured, margin=0.05))
    assert not gate.passed
    assert "too few items to tell" in gate.finding
    assert "would tell" in gate.finding


def test_fewer_items_than_the_policy_wants_are_not_judged(tmp_path: Path) -> None:
    ratios: list[float | None] = list(drawn(60, 60))
    ratios[:20] = [None] * 20
    gate = accuracy(a_case(tmp_path, Measurements(items(60, 60), side(ratios), side(ratios))))
    assert not gate.passed
    assert gate.finding == (
        "too few items to tell: both gave an opinion on 40 real and 60 fake, and 50 of each are needed; add items"
    )


def test_who_is_silent_more_often_is_refused_although_it_is_as_good(tmp_path: Path) -> None:
    ratios = list(drawn(100, 100))
    silent: list[float | None] = [None if number in (3, 7, 150) else ratio for number, ratio in enumerate(ratios)]
    gate = accuracy(a_case(tmp_path, Measurements(items(100, 100), side(silent), side(ratios))))
    assert not gate.passed
    assert "abstains on 3 of 200, live on 0: abstains more often" in gate.finding


def test_who_keeps_silent_where_it_errs_and_speaks_where_live_is_silent_gains_nothing(tmp_path: Path) -> None:
    ratios = drawn(300, 300)
    hard, other = set(range(0, 600, 10)), set(range(1, 600, 10))
    theirs: list[float | None] = [None if n in other else ratio for n, ratio in enumerate(ratios)]
    ours: list[float | None] = [
        None if n in hard else -ratio if n in other else ratio for n, ratio in enumerate(ratios)
    ]
    gate = accuracy(a_case(tmp_path, Measurements(items(300, 300), side(ours), side(theirs))))
    assert "abstains on 60 of 600, live on 60: worse by" in gate.finding


@pytest.mark.parametrize(("count", "passed"), [(60, False), (400, True)])
def test_another_model_that_makes_no_mistake_on_few_items_is_not_shown_to_make_none(
    tmp_path: Path, count: int, passed: bool
) -> None:
    ratios = [-3.0] * count + [3.0] * count
    measured = Measurements(items(count, count), side([1.1 * ratio for ratio in ratios]), side(ratios))
    gate = accuracy(a_case(tmp_path, measured))
    assert gate.passed is passed
    assert passed or gate.finding.endswith("it may be worse by 0.0487, and the margin is 0.01; about 590 would tell")


def test_the_first_of_a_channel_is_held_against_its_card(tmp_path: Path) -> None:
    measured = Measurements(items(100, 100), side(list(drawn(100, 100))), None)
    assert accuracy(a_case(tmp_path, measured)).passed
    bold = a_card()
    bold.metrics[0].low = 0.99
    assert accuracy(a_case(tmp_path, measured, bold)).finding.endswith("less than its card promises")


def test_the_first_of_a_channel_must_be_better_than_chance(tmp_path: Path) -> None:
    noise = list(np.random.default_rng(0).normal(0, 1, 200))
    gate = accuracy(a_case(tmp_path, Measurements(items(100, 100), side(noise), None)))
    assert gate.finding.endswith("not shown to be better than chance")

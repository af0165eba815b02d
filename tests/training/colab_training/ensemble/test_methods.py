"""Ways of fusing."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from colab_training.ensemble import methods
from colab_training.ensemble.compare import compare, folds, numbers, out_of_fold
from colab_training.metrics import auc
from tests.training.colab_training.ensemble.made_up import table


@pytest.mark.parametrize("name", methods.METHODS)
def test_every_method_tells_other_media_apart_and_bears_silence(name: str) -> None:
    predict, others = methods.METHODS[name](table()), table(seed=1)
    assert auc(others.fake, predict(others.ratios)) > 0.75
    assert np.isfinite(predict(np.full((1, 3), np.nan))).all()


def test_the_average_is_of_those_who_spoke() -> None:
    ratios = np.array([[2.0, np.nan, 2.0], [np.nan, np.nan, np.nan]])
    assert methods.average(table())(ratios) == pytest.approx([2.0, 0.0])


def test_the_best_single_test_is_found() -> None:
    assert methods.best_single(table())(np.array([[3.0, -1.0, -1.0]])).tolist() == [3.0]


def test_no_weight_is_negative_and_guessing_earns_none() -> None:
    weights = methods.common_weights(table(1000))
    assert (weights >= 0).all()
    assert weights[2] < 0.2 < weights[1]


def test_all_methods_are_compared_whole_with_opinions_dropped_and_on_new_sources() -> None:
    chosen = {name: methods.METHODS[name] for name in (methods.AVERAGE, methods.LEARNED)}
    rows = compare(table(), chosen)
    assert [row.method for row in rows] == list(chosen)
    assert all(row.whole.auc > row.dropped.auc > 0.6 for row in rows)
    assert all(row.new_sources.auc > 0.75 for row in rows)


def test_no_group_lies_on_both_sides_of_a_fold() -> None:
    own = table()
    for fit, rest in folds(own, own.groups):
        assert not set(own.groups[fit]) & set(own.groups[rest])


def test_what_is_out_of_fold_was_not_learned_from() -> None:
    own = table(40)
    seen: list[int] = []

    def method(part: object) -> methods.Predictor:
        seen.append(len(part))  # type: ignore[arg-type]
        return lambda ratios: np.ones(len(ratios))

    (log_odds,) = out_of_fold(own, [own], method, folds(own, own.sources))
    assert log_odds.tolist() == [1.0] * 40
    assert max(seen) < 40


def test_perfect_doubt_costs_one_bit() -> None:
    own = numbers(np.array([True, False]), np.zeros(2))
    assert own.log_loss == pytest.approx(np.log(2))
    assert (own.auc, own.ece) == (0.5, 0.0)

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.av_coherence.fitting import Judged, fit
from colab_training.av_coherence.report import metrics_of, point_of, threshold_of
from tests.training.colab_training.av_coherence.made_up import SEAM_S, an_item

FITTED = [an_item(number, shift=6.0) for number in range(120)]
TESTED = [an_item(number, shift=6.0, split="val") for number in range(60)]


def judged_rightly() -> list[Judged]:
    return [Judged(5.0 if item.fake else -5.0, SEAM_S) for item in TESTED]


def test_the_tables_tell_kinds_joins_ways_places_and_sources() -> None:
    fitted = fit(FITTED, 0.1, 0)
    metrics = metrics_of(fitted, FITTED, TESTED, judged_rightly(), threshold_of(fitted, FITTED))
    rows = {(metric.metric, metric.dataset): metric.value for metric in metrics}
    assert rows["auc", "all"] == 1
    assert rows["auc", "edit: deletion"] == rows["auc", "join: fade"] == rows["auc", "afterwards: opus"] == 1
    assert rows["seam found within 0.1 s", "edited"] == 1
    assert rows["untouched stretches accused", "most"] == rows["untouched stretches accused", "other"] == 0
    assert rows["auc of length, level, silence and bandwidth", "shortcut"] == pytest.approx(0.5)


def test_the_operating_point_says_what_it_costs() -> None:
    fitted = fit(FITTED, 0.1, 0)
    point = point_of(0.5, TESTED, fitted.ratios(judged_rightly()))
    assert (point.false_positive_rate, point.true_positive_rate) == (0, 1)
    assert (point.authentic_items, point.manipulated_items) == (30, 30)


def test_at_most_one_in_twenty_of_the_fit_reaches_the_threshold() -> None:
    fitted = fit(FITTED, 0.1, 0)
    ratios = fitted.ratios(fitted.left_out)
    reached = [
        ratio >= threshold_of(fitted, FITTED) for ratio, item in zip(ratios, FITTED, strict=True) if not item.fake
    ]
    assert sum(reached) <= 0.05 * len(reached)

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.av_coherence.fitting import Fit, fit
from colab_training.av_coherence.report import Measured, Trial, measure, threshold_of
from tests.training.colab_training.av_coherence.made_up import SOUND, an_item, lessons, whole

LESSONS = lessons()
TESTED = [an_item(number, shift=9.0, split="val") for number in range(60)]
TRIAL = Trial(TESTED, [whole(item) for item in TESTED if not item.fake])


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return fit(LESSONS, 0.1, 0, SOUND)


@pytest.fixture(scope="module")
def measured(fitted: Fit) -> Measured:
    return measure(fitted, LESSONS, TRIAL, threshold_of(fitted, LESSONS.files), SOUND)


def test_the_tables_tell_kinds_joins_ways_places_and_sources(measured: Measured) -> None:
    rows = {(metric.metric, metric.dataset): metric.value for metric in measured.metrics if metric.split == "val"}
    assert rows["auc", "all"] == pytest.approx(1, abs=0.02)
    assert rows["auc", "edit: deletion"] == rows["auc", "join: fade"] == pytest.approx(1, abs=0.05)
    assert rows["seam found within 0.1 s", "edited"] > 0.95
    assert rows["edits found", "afterwards: opus"] > 0.9
    assert rows["whole files accused", "most"] < 0.2
    assert {("whole files above even", "other"), ("whole files accused", "after opus")} <= set(rows)
    assert rows["auc of length, level, silence and bandwidth", "shortcut"] == pytest.approx(0.5)


def test_the_table_of_the_fit_counts_every_source_at_most_at_one_in_twenty(measured: Measured) -> None:
    shares = [row.value for row in measured.metrics if row.metric == "whole files accused" and row.split != "val"]
    assert len(shares) == 4
    assert max(shares) <= 0.05


def test_the_operating_point_is_that_of_whole_files_that_went_no_way(measured: Measured) -> None:
    point = measured.point
    assert point.authentic_items == sum(item.way == "none" for item in TRIAL.files)
    assert point.manipulated_items == 30
    assert point.true_positive_rate > 0.9


def test_a_way_that_pushes_files_up_raises_the_threshold(fitted: Fit) -> None:
    raised = Fit(
        fitted.parameters,
        fitted.calibration,
        [
            [type(window)(window.raw + 2.0 * (item.way == "opus"), False) for window in heard]
            for item, heard in zip(LESSONS.files, fitted.left_out, strict=True)
        ],
    )
    assert threshold_of(raised, LESSONS.files) > threshold_of(fitted, LESSONS.files)
    assert np.isfinite(threshold_of(raised, LESSONS.files))

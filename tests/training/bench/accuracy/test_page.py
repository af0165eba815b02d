"""The page about accuracy, its sentences and drawings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from bench.accuracy import measure, robustness, tables
from bench.accuracy.findings import failures, summary
from bench.accuracy.grid_plots import left_out_rows
from bench.accuracy.page import markdown, write_page
from bench.accuracy.perturb import AS_FILED
from bench.accuracy.plots import curve, reliability
from bench.accuracy.report import Report
from colab_training.metrics import Estimate, rate
from colab_training.source_equalisation import Alike
from tests.training.bench.accuracy.made_up import judged


def area(value: float) -> dict[str, Any]:
    return {"swap_dfdc": {"value": value, "low": value - 0.1, "high": value + 0.1, "items": 20}}


LEFT_OUT = {
    "command": "python -m bench.accuracy.left_out",
    "runs": {
        "ours, without nothing": {"areas": {"val": {"filed": area(0.9), "alike": area(0.9)}}},
        "ours, without swap_dfdc": {"areas": {"left_out": {"filed": area(0.7), "alike": area(0.75)}}},
    },
}


def report(left_out: dict[str, Any] | None = None) -> Report:
    quality = measure.quality(judged())
    cell = robustness.cell(judged())
    return Report(
        models={"fusion": "1.0.0"},
        learned=["swap_dfdc"],
        filed=quality,
        alike=quality,
        unlearned_filed=quality,
        unlearned_alike=quality,
        soft=quality,
        alike_how={"swap_dfdc": Alike(224)},
        without_face={"swap_dfdc": 2},
        shortcuts={
            f"{form}, {row}": {"swap_dfdc": Estimate(0.9, 0.8, 1.0, 20)}
            for form in ("filed", "alike", "soft")
            for row in ("outer", "bytes")
        },
        abstained=measure.abstained(judged()),
        false_alarms=measure.false_alarms(judged()),
        labels=measure.labels(judged()),
        scenes={"INCONCLUSIVE": 70},
        robustness={AS_FILED: cell, "JPEG 30": cell},
        robustness_items={"swap_dfdc real": 10},
        left_out=left_out,
    )


def test_the_page_shows_every_detector_both_shortcut_rows_and_the_labels() -> None:
    text = markdown(report(), Path("accuracy"))
    assert all(f"| {name} |" in text for name in ("good", "bad", "fused", "JPEG 30"))
    assert text.count("| *size, quality, colour alone* |") == 2
    assert "| scenes real | 0 | 0 | 70 | 0 |" in text
    assert "Leaving one source out" not in text


def test_recorded_trainings_without_a_source_are_shown_with_what_they_cost() -> None:
    text = markdown(report(LEFT_OUT), Path("accuracy"))
    assert "| swap_dfdc | as filed | ours | 0.900 | 0.700 [0.60, 0.80] | 20 | +0.200 |" in text
    assert left_out_rows(LEFT_OUT["runs"])[1] == ("swap_dfdc", "ours", "alike", 0.9, 0.75)


def test_the_sentences_say_what_is_bad() -> None:
    text = failures(report())
    assert "Real pictures of all: 10.0%" in text
    assert "swap_dfdc: even made alike, these features reach 0.900" in text
    assert "calibration error" in text
    assert "10.0% [0.3%, 44.5%]" in summary(report())


def test_numbers_that_do_not_exist_are_null_in_json_and_dashes_on_the_page() -> None:
    empty = Estimate(float("nan"), 0.0, 0.0, 0)
    assert tables.number(empty) == tables.NONE
    broken = Report(**{**report().__dict__, "shortcuts": {"filed, outer": {"x": empty}}})
    assert json.loads(json.dumps(broken.document()))["shortcuts"]["filed, outer"]["x"]["value"] is None


def test_a_share_is_written_with_its_interval() -> None:
    assert tables.percent(rate(1, 10)) == "10.0% [0.3%, 44.5%]"


def test_equal_values_make_one_step_of_the_curve() -> None:
    alarms, hits = curve(np.array([True, False, True]), np.array([2.0, 1.0, 1.0]))
    assert alarms.tolist() == [0, 0, 1]
    assert hits.tolist() == [0, 0.5, 1]


def test_reliability_holds_probabilities_against_shares() -> None:
    points = reliability(np.array([True, False, True, True]), np.array([0.0, 0.0, 3.0, 3.0]))
    assert [(round(p, 2), share, count) for p, share, count in points] == [(0.5, 0.5, 2), (0.95, 1.0, 2)]


def test_all_drawings_are_small_and_stand_beside_the_page(tmp_path: Path) -> None:
    write_page(report(LEFT_OUT), judged(), judged(), tmp_path / "ACCURACY.md", tmp_path / "accuracy")
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "accuracy").iterdir()}
    assert sizes.keys() == {"roc.png", "reliability.png", "robustness.png", "left_out.png"}
    assert all(0 < size < 200_000 for size in sizes.values())
    assert "](accuracy/roc.png)" in (tmp_path / "ACCURACY.md").read_text()

from __future__ import annotations

from pathlib import Path

import pytest

from promotion.gates.calibration import calibration
from promotion.measurements import Measurements
from telltale.model.v1 import card_pb2
from tests.support.promotion import a_card, a_case, drawn, items, side


@pytest.mark.parametrize("seed", range(4))
def test_what_is_equal_passes(tmp_path: Path, seed: int) -> None:
    ratios = list(drawn(100, 100, seed))
    gate = calibration(a_case(tmp_path, Measurements(items(100, 100), side(ratios), side(ratios))))
    assert gate.passed, gate.finding


@pytest.mark.parametrize("factor", [0.3, 3.0])
def test_what_is_too_timid_or_too_bold_is_refused_although_it_ranks_the_same(tmp_path: Path, factor: float) -> None:
    ratios = drawn(200, 200)
    measured = Measurements(items(200, 200), side(list(factor * ratios)), side(list(ratios)))
    gate = calibration(a_case(tmp_path, measured))
    assert not gate.passed
    assert "Cllr worse by" in gate.finding


def test_what_is_better_calibrated_passes(tmp_path: Path) -> None:
    ratios = drawn(500, 500)
    measured = Measurements(items(500, 500), side(list(ratios)), side(list(3 * ratios)))
    assert calibration(a_case(tmp_path, measured)).passed


def test_the_first_of_a_channel_must_cost_less_than_silence(tmp_path: Path) -> None:
    ratios = list(drawn(100, 100))
    assert calibration(a_case(tmp_path, Measurements(items(100, 100), side(ratios), None))).passed
    misleading = [-ratio for ratio in ratios]
    gate = calibration(a_case(tmp_path, Measurements(items(100, 100), side(misleading), None)))
    assert gate.finding.endswith("its ratios mislead more than they tell")


def test_the_first_of_a_channel_keeps_what_its_card_promises(tmp_path: Path) -> None:
    card = a_card()
    card.metrics.append(card_pb2.Metric(metric="ece", dataset="faces", value=0.02, low=0.01, high=0.03, items=200))
    ratios = drawn(200, 200)
    assert calibration(a_case(tmp_path, Measurements(items(200, 200), side(list(ratios)), None), card)).passed
    bold = side([3 * ratio for ratio in ratios])
    gate = calibration(a_case(tmp_path, Measurements(items(200, 200), bold, None), card))
    assert gate.finding.endswith("worse calibrated than its card promises")

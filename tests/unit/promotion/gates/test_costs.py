from __future__ import annotations

from pathlib import Path

import pytest

from promotion.gates.costs import memory, speed
from promotion.measurements import Measurements
from tests.support.promotion import a_case, items, side

RATIOS = [0.0] * 10


@pytest.mark.parametrize(("cpu_s", "passed"), [(0.1, True), (0.12, True), (0.13, False), (0.01, True)])
def test_a_candidate_may_take_a_quarter_more_time(tmp_path: Path, cpu_s: float, passed: bool) -> None:
    measured = Measurements(items(5, 5), side(RATIOS, cpu_s=cpu_s), side(RATIOS, cpu_s=0.1))
    gate = speed(a_case(tmp_path, measured))
    assert gate.passed is passed
    assert f"{cpu_s / 0.1:.2f} times as long" in gate.finding


def test_the_first_of_a_channel_has_so_many_seconds_a_file(tmp_path: Path) -> None:
    assert speed(a_case(tmp_path, Measurements(items(5, 5), side(RATIOS, cpu_s=4.9), None))).passed
    assert not speed(a_case(tmp_path, Measurements(items(5, 5), side(RATIOS, cpu_s=5.1), None))).passed


@pytest.mark.parametrize(("mib", "passed"), [(256, True), (294, True), (296, False)])
def test_a_candidate_may_take_a_little_more_memory(tmp_path: Path, mib: int, passed: bool) -> None:
    measured = Measurements(items(5, 5), side(RATIOS, rss_bytes=mib * 2**20), side(RATIOS))
    assert memory(a_case(tmp_path, measured)).passed is passed


def test_no_candidate_may_take_more_memory_than_a_service_has(tmp_path: Path) -> None:
    measured = Measurements(items(5, 5), side(RATIOS, rss_bytes=2**31), None)
    gate = memory(a_case(tmp_path, measured))
    assert not gate.passed
    assert "1536 MiB are allowed" in gate.finding

from __future__ import annotations

from pathlib import Path

from promotion.gates.all import all_gates
from promotion.measurements import Measurements, Side
from tests.support.promotion import a_case, drawn, items, side

RATIOS = list(drawn(60, 60))


def test_what_crashed_passes_no_gate_that_measures_and_says_once_what_happened(tmp_path: Path) -> None:
    failed = Side([], 0, "a.jpg: it was ended by SIGSEGV")
    first, *others = all_gates(a_case(tmp_path, Measurements(items(60, 60), failed, side(RATIOS))))
    assert (first.passed, first.finding) == (False, "the candidate failed: a.jpg: it was ended by SIGSEGV")
    assert [gate.finding for gate in others[:5]] == ["not measured"] * 5
    assert [gate.name for gate in others if gate.passed] == ["card", "licence"]


def test_what_is_live_and_crashes_is_named(tmp_path: Path) -> None:
    failed = Side([], 0, "it hung")
    gates = all_gates(a_case(tmp_path, Measurements(items(60, 60), side(RATIOS), failed)))
    assert gates[0].finding == "what is live failed: it hung"


def test_without_a_file_that_it_takes_nothing_is_measured(tmp_path: Path) -> None:
    gates = all_gates(a_case(tmp_path, Measurements([], side([]), None)))
    assert gates[0].finding == "the golden set has no file of a kind that this model takes"
    assert [gate.passed for gate in gates[:6]] == [False] * 6


def test_what_is_equal_passes_all(tmp_path: Path) -> None:
    gates = all_gates(a_case(tmp_path, Measurements(items(60, 60), side(RATIOS), side(RATIOS))))
    assert [gate.finding for gate in gates if not gate.passed] == []
    assert len(gates) == 8

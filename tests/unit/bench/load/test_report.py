from __future__ import annotations

from typing import Any

import pytest

from bench.load.report import problems

PHASE = {"p99_s": 1.0, "shed": 0, "shed_with_retry_info": 0, "other": {}}
GOOD: dict[str, Any] = {
    "at_sustainable": PHASE,
    "at_twice": {**PHASE, "p99_s": 1.9, "shed": 50, "shed_with_retry_info": 50},
    "memory": {"gateway": {"begin_mib": 100.0, "end_mib": 101.0, "most_mib": 120.0}},
    "fairness": [{"calls": 1000, "admitted": 400}, {"calls": 100, "admitted": 99}],
}


def test_all_is_well_when_every_bar_is_kept() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("at_twice", {"p99_s": 2.1}, "p99 of what is admitted"),
        ("at_twice", {"shed_with_retry_info": 49}, "do not say when"),
        ("at_twice", {"other": {"500 INTERNAL": 1}}, "500 INTERNAL"),
        ("at_twice", {"shed": 0, "shed_with_retry_info": 0}, "nothing was refused"),
        ("memory", {"gateway": {"begin_mib": 100.0, "end_mib": 140.0, "most_mib": 140.0}}, "gateway grew"),
    ],
)
def test_a_bar_that_is_not_kept_is_told(part: str, change: dict[str, Any], said: str) -> None:
    [problem] = problems({**GOOD, part: {**GOOD[part], **change}})
    assert said in problem


def test_who_asks_for_little_and_does_not_get_it_was_treated_unfairly() -> None:
    callers = [{"calls": 1000, "admitted": 450}, {"calls": 100, "admitted": 50}]
    assert "100 calls got 50" in problems({**GOOD, "fairness": callers})[0]
    assert problems({**GOOD, "fairness": [{"calls": 1000, "admitted": 90}, {"calls": 1000, "admitted": 92}]}) == []

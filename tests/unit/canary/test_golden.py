from __future__ import annotations

import pytest

from canary.golden import Answered, golden_of
from promotion.measurements import Reading
from tests.support.promotion import items


def said(*ratios: float | None) -> list[Answered]:
    return [Answered(Reading(ratio, ratio is not None and ratio > 2, 0.0)) for ratio in ratios]


def test_both_are_held_against_the_labels_and_each_other() -> None:
    golden = golden_of(items(2, 2), said(-1, 1, 3, 4), said(-1, 3, 3, 1))
    assert golden.auc == pytest.approx((1.0, 0.625))
    assert golden.false_positive_rate == (0.0, 0.5)
    assert golden.disagreement == 0.5
    assert (golden.real, golden.fake, golden.failure) == (2, 2, "")


def test_who_falls_silent_judges_otherwise() -> None:
    golden = golden_of(items(1, 1), said(-1, 1), said(-1, None))
    assert golden.disagreement == 0.5


def test_a_failure_of_the_canary_alone_is_named() -> None:
    broken = [Answered(Reading(None, False, 0.0), "INTERNAL: no"), *said(1)]
    assert golden_of(items(1, 1), said(-1, 1), broken).failure == "0.jpg: INTERNAL: no"
    assert golden_of(items(1, 1), broken, broken).failure == ""

"""Thresholds and rows of the card, from answers whose outcome is known."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.manifest import Sample
from colab_training.whole_picture.card import Ratios, alarm_threshold, fitted
from colab_training.whole_picture.measuring import Answer, alarms, contest_auc
from telltale.model.v1 import card_pb2

IDENTITY = card_pb2.Calibration(slope=1, intercept=0, limit=10)


def answer(source: str, fake: bool, raw: float, strangeness: float = 0.5) -> Answer:
    return Answer(Sample(f"{source}/{raw}", fake, "kind", "val", str(raw)), raw, strangeness)


def test_the_threshold_holds_for_the_source_with_most_alarms() -> None:
    quiet = [answer("quiet", False, value) for value in np.linspace(-3, -2, 100)]
    loud = [answer("loud", False, value) for value in np.linspace(0, 1, 100)]
    given = Ratios.of([*quiet, *loud, answer("fakes", True, 5)], IDENTITY)
    threshold = alarm_threshold(given)
    assert alarms(loud, given.values[100:200], threshold).value == pytest.approx(0.02)
    assert alarms(quiet, given.values[:100], threshold).value == 0


def test_a_picture_without_an_opinion_raises_no_alarm_and_counts_as_tested() -> None:
    given = [answer("a", False, 3, strangeness=1.2), Answer(answer("a", False, 0).sample, refusal="too_compressed")]
    found = alarms(given, Ratios.of(given, IDENTITY).values, 1)
    assert (found.value, found.items) == (0, 2)


def test_the_area_is_that_of_the_pictures_with_an_opinion() -> None:
    given = [answer("a", False, 0), answer("a", True, 1), answer("a", True, -9, strangeness=2)]
    area = contest_auc(given)
    assert (area.value, area.items) == (1.0, 2)


def test_a_discount_leaves_a_share_of_the_ratio_and_of_its_limit() -> None:
    rng = np.random.default_rng(0)
    given = [answer("a", fake, float(rng.normal(float(fake), 1))) for fake in (True, False) for _ in range(50)]
    whole, half = fitted(given, 1.0), fitted(given, 0.5)
    assert whole.slope > 0
    assert (half.slope, half.limit) == pytest.approx((whole.slope / 2, whole.limit / 2))

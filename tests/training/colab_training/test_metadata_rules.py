from __future__ import annotations

import math

import pytest

pytest.importorskip("scipy", reason="the training dependencies are not installed")

from colab_training.metadata_rules import Counts, decided, measured_ratio

ENTRY = {"assumed": 0.6, "cap": 1.0, "why": "because"}


def test_equal_shares_weigh_nothing() -> None:
    assert measured_ratio(Counts(5, 10, 5, 10)) == 0.0


def test_a_ratio_is_drawn_towards_zero_by_its_error() -> None:
    counts = Counts(1, 20, 10, 20)
    assert 0 < measured_ratio(counts) < math.log((10.5 / 21) / (1.5 / 21))


def test_the_sign_follows_the_group_that_fires_more() -> None:
    assert measured_ratio(Counts(90, 100, 5, 100)) == -measured_ratio(Counts(5, 100, 90, 100)) < 0


def test_few_hits_fall_back_to_the_assumption() -> None:
    assert decided(ENTRY, Counts(1, 20, 1, 10))["basis"] == "assumed"
    assert decided(ENTRY, None)["value"] == 0.6


def test_a_measured_value_is_capped() -> None:
    entry = decided(ENTRY, Counts(0, 1000, 50, 50))
    assert (entry["basis"], entry["value"]) == ("measured", 1.0)


def test_a_contradiction_never_speaks_for_authenticity() -> None:
    assert decided(ENTRY, Counts(90, 100, 1, 100))["value"] == 0.0

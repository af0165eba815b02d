from __future__ import annotations

import math

import pytest

from kit.models.calibration import log_likelihood_ratio, probability
from telltale.model.v1 import card_pb2

CALIBRATION = card_pb2.Calibration(slope=2.0, intercept=-1.0, limit=3.0)


@pytest.mark.parametrize(("raw", "expected"), [(0.0, -1.0), (1.0, 1.0), (100.0, 3.0), (-100.0, -3.0)])
def test_a_raw_output_becomes_a_bounded_log_likelihood_ratio(raw: float, expected: float) -> None:
    assert log_likelihood_ratio(raw, CALIBRATION) == expected


@pytest.mark.parametrize("log_odds", [-1000.0, -2.0, 0.0, 2.0, 1000.0])
def test_probability_is_the_inverse_of_log_odds(log_odds: float) -> None:
    p = probability(log_odds)
    assert 0.0 <= p <= 1.0
    if abs(log_odds) < 10:
        assert math.log(p / (1 - p)) == pytest.approx(log_odds)

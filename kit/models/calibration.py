"""From a model's raw output to a calibrated log-likelihood ratio, as the card says.

Logistic calibration after Platt (1999), with the prior of the calibration data taken out (Brümmer and du Preez 2006), and
a bound: n items cannot support a likelihood ratio far beyond n.
"""

from __future__ import annotations

import math

from telltale.model.v1 import card_pb2


def log_likelihood_ratio(raw: float, calibration: card_pb2.Calibration) -> float:
    """Natural log-likelihood ratio in [-limit, +limit]; positive speaks for manipulation."""
    value = calibration.slope * raw + calibration.intercept
    return max(-calibration.limit, min(calibration.limit, value))


def probability(log_odds: float) -> float:
    """Logistic function of natural log-odds, in [0, 1], without overflow."""
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    return math.exp(log_odds) / (1.0 + math.exp(log_odds))

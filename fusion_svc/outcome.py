"""What the label says, for the sentences about it: a name for every outcome, and the numbers that stand behind it."""

from __future__ import annotations

import math

from fusion_svc.model import Thresholds, is_authentic
from fusion_svc.policy import LABEL_NAMES, Decision, Doubt
from fusion_svc.tested import Shortfall
from kit.models.calibration import probability
from telltale.model.v1 import card_pb2

# Twice as likely as not, or half as likely: from here on evidence leans to a side, and nobody should read that it is weak.
LEANING_LOG_ODDS = math.log(2)
LEANING_FOR, LEANING_AGAINST = "inconclusive_leaning_for", "inconclusive_leaning_against"
DECLARED = "declared"


def outcome(decision: Decision, log_odds: float) -> str:
    """The label, what it rests on, or the doubt; evidence that leans to a side and misses its threshold is not called weak."""
    if decision.declared:
        return DECLARED
    if decision.doubt is None:
        return LABEL_NAMES[decision.label]
    if decision.doubt is Doubt.BALANCED and abs(log_odds) >= LEANING_LOG_ODDS:
        return LEANING_FOR if log_odds > 0 else LEANING_AGAINST
    return f"inconclusive_{decision.doubt.value}"


def threshold_risk(name: str, labels: Thresholds) -> dict[str, str]:
    """The risk score from which on the label would be another, for an outcome that leans to a side."""
    thresholds = {LEANING_FOR: labels.suspicious, LEANING_AGAINST: labels.authentic}
    return {"threshold": f"{100 * probability(thresholds[name]):.1f}"} if name in thresholds else {}


def shortfall_values(shortfall: Shortfall) -> dict[str, str]:
    """How much there is of a quantity, rounded down so that it never looks like enough, and how much is needed."""
    value = math.floor(1000 * shortfall.value) / 1000
    return {shortfall.quantity: f"{value:g}", f"needed_{shortfall.quantity}": f"{shortfall.needed:g}"}


def rates(point: card_pb2.OperatingPoint) -> dict[str, str]:
    """Measured error rates of a label, as counts and in percent."""
    if is_authentic(point):
        missed = 1 - point.true_positive_rate
        items = point.manipulated_items
        counts = {"missed": str(round(missed * items)), "missed_percent": _percent(missed)}
    else:
        items = point.authentic_items
        counts = {
            "wrong": str(round(point.false_positive_rate * items)),
            "wrong_percent": _percent(point.false_positive_rate),
            "upper_percent": _percent(point.false_positive_rate_upper),
        }
    return {**counts, "items": str(items), "dataset": point.dataset}


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f}"

"""From log-odds to a label that people can act on, and to the error rates that stand behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from fusion_svc.fuse import Balance
from fusion_svc.model import AUTHENTIC, MANIPULATED, SUSPICIOUS, KindParameters, point_name
from fusion_svc.tested import Shortfall
from kit.models.calibration import probability
from telltale.fusion.v1 import verdict_pb2
from telltale.model.v1 import card_pb2

LABEL_NAMES: Mapping[verdict_pb2.Label.ValueType, str] = {
    verdict_pb2.LABEL_MANIPULATED: MANIPULATED,
    verdict_pb2.LABEL_SUSPICIOUS: SUSPICIOUS,
    verdict_pb2.LABEL_AUTHENTIC: AUTHENTIC,
}


class Doubt(Enum):
    """Why a verdict is INCONCLUSIVE."""

    THIN = "thin"
    CONFLICT = "conflict"
    BALANCED = "balanced"
    OUT_OF_RANGE = "out_of_range"


DOUBTS: Mapping[Doubt | None, verdict_pb2.Doubt.ValueType] = {
    None: verdict_pb2.DOUBT_UNSPECIFIED,
    Doubt.THIN: verdict_pb2.DOUBT_THIN,
    Doubt.CONFLICT: verdict_pb2.DOUBT_CONFLICT,
    Doubt.BALANCED: verdict_pb2.DOUBT_BALANCED,
    Doubt.OUT_OF_RANGE: verdict_pb2.DOUBT_OUT_OF_RANGE,
}
# What a file declares of its origin is read as well from a small or much compressed one.
DECLARATIONS = frozenset({"provenance", "software_traces"})


@dataclass(frozen=True)
class Decision:
    """A label; `doubt` is set exactly when it is INCONCLUSIVE."""

    label: verdict_pb2.Label.ValueType
    doubt: Doubt | None = None
    # Of what the media have too little, where that is the doubt.
    outside: tuple[Shortfall, ...] = ()
    # Whether a label rests on what the file says of itself.
    declared: bool = False


def decide(balance: Balance, parameters: KindParameters, outside: tuple[Shortfall, ...] = ()) -> Decision:
    """Labels weighed evidence; `outside` says of what the media have too little for the range that was tested.

    No fact decides by its name: a declared generator or a broken manifest can be forged, so it reaches MANIPULATED alone only if
    its weighted contribution passes the threshold. Two strong sides that contradict each other never give AUTHENTIC. Outside the
    tested range there is no label, unless what the file declares of its origin reaches it without any other test.
    """
    labels = parameters.labels
    if outside:
        return _decide_outside(balance, parameters, outside)
    if balance.usable_evidence < parameters.min_evidence:
        return Decision(verdict_pb2.LABEL_INCONCLUSIVE, Doubt.THIN)
    if balance.log_odds >= labels.manipulated:
        return Decision(verdict_pb2.LABEL_MANIPULATED)
    if balance.log_odds >= labels.suspicious:
        return Decision(verdict_pb2.LABEL_SUSPICIOUS)
    if min(balance.speaking_for, -balance.speaking_against) >= parameters.conflict:
        return Decision(verdict_pb2.LABEL_INCONCLUSIVE, Doubt.CONFLICT)
    if balance.log_odds <= labels.authentic:
        return Decision(verdict_pb2.LABEL_AUTHENTIC)
    return Decision(verdict_pb2.LABEL_INCONCLUSIVE, Doubt.BALANCED)


def _decide_outside(balance: Balance, parameters: KindParameters, outside: tuple[Shortfall, ...]) -> Decision:
    declared = math.fsum(entry.log_odds for entry in balance.contributions if entry.cue in DECLARATIONS)
    reached = min(declared, balance.log_odds)
    if reached >= parameters.labels.manipulated:
        return Decision(verdict_pb2.LABEL_MANIPULATED)
    if reached >= parameters.labels.suspicious:
        return Decision(verdict_pb2.LABEL_SUSPICIOUS)
    return Decision(verdict_pb2.LABEL_INCONCLUSIVE, Doubt.OUT_OF_RANGE, outside)


def risk_score(log_odds: float) -> float:
    """Probability of manipulation in percent, to half a percent: no calibration here supports more."""
    return round(200 * probability(log_odds)) / 2


def confidence(decision: Decision, log_odds: float) -> float | None:
    """Probability that the label is right, [0.5, 1], to half a percent; None when INCONCLUSIVE."""
    if decision.doubt is not None:
        return None
    return risk_score(-log_odds if decision.label == verdict_pb2.LABEL_AUTHENTIC else log_odds) / 100


def operating_point(
    decision: Decision, log_odds: float, kind: str, points: Mapping[str, card_pb2.OperatingPoint]
) -> card_pb2.OperatingPoint:
    """The threshold behind the label for this kind of media.

    For INCONCLUSIVE: the nearest one above that raises suspicion, else the highest.
    """
    if decision.doubt is None:
        return points[point_name(kind, LABEL_NAMES[decision.label])]
    suspicious = points[point_name(kind, SUSPICIOUS)]
    return suspicious if log_odds < suspicious.threshold else points[point_name(kind, MANIPULATED)]

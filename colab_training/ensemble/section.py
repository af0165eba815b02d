"""One kind of media in the fusion model: its parameters, and what its card says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from colab_training.ensemble.conformal import Promise, promises
from colab_training.fusion_kinds import LEAST_LEAN
from colab_training.metrics import Floats
from fusion_svc.model import KindParameters
from telltale.model.v1 import card_pb2

FALSE_ALARMS_SUSPICIOUS = 0.05
FALSE_ALARMS_MANIPULATED = 0.01
MISSES_AUTHENTIC = 0.10
_DECIMALS = 1000


@dataclass(frozen=True)
class Section:
    """All that is known of one kind."""

    kind: str
    parameters: KindParameters
    points: Sequence[card_pb2.OperatingPoint]
    metrics: Sequence[card_pb2.Metric]
    data: Sequence[card_pb2.TrainingData]
    about: str
    limits: Sequence[str]
    promises: Sequence[Promise] = field(default=())


def promised(log_odds: Floats, sources: Sequence[str]) -> list[Promise]:
    """Of real media (N,): for SUSPICIOUS surely, for MANIPULATED, which asks for five times as many items, on average."""
    suspicious = promises(log_odds, sources, FALSE_ALARMS_SUSPICIOUS)
    return [*suspicious, *promises(log_odds, sources, FALSE_ALARMS_MANIPULATED, sure=False)]


def labels(found: Sequence[Promise], authentic: float) -> dict[str, float]:
    """Where labels begin: above every threshold that was promised to a source, and on their side of even odds."""
    suspicious = max(LEAST_LEAN, *(_up(own.threshold) for own in found if own.share == FALSE_ALARMS_SUSPICIOUS))
    manipulated = max(suspicious, *(_up(own.threshold) for own in found if own.share == FALSE_ALARMS_MANIPULATED))
    return {"manipulated": manipulated, "suspicious": suspicious, "authentic": min(-LEAST_LEAN, -_up(-authentic))}


def _up(threshold: float) -> float:
    """Rounded so that a promise still holds; -_up(-x) rounds the other way."""
    return -(-threshold * _DECIMALS // 1) / _DECIMALS

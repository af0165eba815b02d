"""What is said of judged media: how well they are told apart, calibration, labels, and false alarms by source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from colab_training.ensemble.verdicts import LABELS, Judged
from colab_training.evaluation import calibration_error
from colab_training.metrics import Estimate, auc, bootstrap, rate

ALL = "all"
_BINS = 10
_ROUNDS = 1000


@dataclass(frozen=True)
class Bin:
    """A filled tenth of the probability."""

    forecast: float
    observed: float
    items: int


@dataclass(frozen=True)
class Measured:
    """One kind of media, or all of them."""

    authentic_items: int
    manipulated_items: int
    auc: Estimate
    ece: Estimate
    labels: Mapping[str, Mapping[str, int]]
    """By label, then "authentic" or "manipulated": how many media got it."""
    false_alarms: Mapping[str, Estimate]
    """Share of the real media of each source labelled SUSPICIOUS or worse."""
    reliability: list[Bin]

    @property
    def inconclusive(self) -> Estimate:
        """Share of all media."""
        return rate(sum(self.labels["inconclusive"].values()), self.authentic_items + self.manipulated_items)

    def of_label(self, label: str, truth: str) -> Estimate:
        """Share of the media of a class with this label."""
        items = {"authentic": self.authentic_items, "manipulated": self.manipulated_items}
        return rate(self.labels[label][truth], items[truth])

    def document(self) -> dict[str, Any]:
        """As the page of the project reads it."""
        return {
            "authentic_items": self.authentic_items,
            "manipulated_items": self.manipulated_items,
            "labels": {label: dict(counts) for label, counts in self.labels.items()},
            "auc": _interval(self.auc),
            "ece": _interval(self.ece),
            "false_alarms_by_source": [
                {
                    "source": name,
                    "items": own.items,
                    "suspicious_or_worse": round(own.value, 4),
                    "high": round(own.high, 4),
                }
                for name, own in self.false_alarms.items()
            ],
            "reliability": [
                {"forecast": round(own.forecast, 4), "observed": round(own.observed, 4), "items": own.items}
                for own in self.reliability
            ],
        }


def measure(judged: Judged) -> Measured:
    """All numbers, each with its 95% interval."""
    fake, log_odds = judged.fake, judged.log_odds
    return Measured(
        authentic_items=int((~fake).sum()),
        manipulated_items=int(fake.sum()),
        auc=bootstrap(auc, fake, log_odds, rounds=_ROUNDS),
        ece=bootstrap(calibration_error, fake, log_odds, rounds=_ROUNDS),
        labels={label: _counts(judged, label) for label in LABELS},
        false_alarms=_false_alarms(judged),
        reliability=_bins(judged),
    )


def _counts(judged: Judged, label: str) -> dict[str, int]:
    own = judged.labels == label
    return {"authentic": int((own & ~judged.fake).sum()), "manipulated": int((own & judged.fake).sum())}


def _false_alarms(judged: Judged) -> dict[str, Estimate]:
    real = ~judged.fake
    parts = {str(name): real & (judged.sources == name) for name in sorted(set(judged.sources[real]))}
    return {name: rate(int(judged.accused[own].sum()), int(own.sum())) for name, own in parts.items()}


def _bins(judged: Judged) -> list[Bin]:
    chances = expit(judged.log_odds)
    index = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    filled = [index == number for number in range(_BINS) if (index == number).any()]
    return [Bin(float(chances[own].mean()), float(judged.fake[own].mean()), int(own.sum())) for own in filled]


def _interval(own: Estimate) -> dict[str, float]:
    return {"value": round(own.value, 4), "low": round(own.low, 4), "high": round(own.high, 4)}

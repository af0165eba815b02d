"""How good a test is: AUC, equal error rate, calibration error, rates at a threshold, each with a 95% bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, rankdata

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """A measured number with its 95% interval and the items behind it."""

    value: float
    low: float
    high: float
    items: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def auc(fake: ArrayLike, values: ArrayLike) -> float:
    """Area under the ROC curve: the chance that a fake lies above a real one, ties half. nan when a class is empty."""
    labels, ranks = np.asarray(fake, bool), rankdata(np.asarray(values, np.float64))
    fakes, reals = int(labels.sum()), int((~labels).sum())
    if not fakes or not reals:
        return float("nan")
    return float((ranks[labels].sum() - fakes * (fakes + 1) / 2) / (fakes * reals))


def equal_error_rate(fake: ArrayLike, values: ArrayLike) -> float:
    """Where the share of missed fakes equals the share of accused real ones."""
    labels, scores = np.asarray(fake, bool), np.asarray(values, np.float64)
    thresholds = np.unique(scores)
    misses = np.searchsorted(np.sort(scores[labels]), thresholds) / max(1, labels.sum())
    accused = 1 - np.searchsorted(np.sort(scores[~labels]), thresholds) / max(1, (~labels).sum())
    nearest = int(np.argmin(np.abs(misses - accused)))
    return float((misses[nearest] + accused[nearest]) / 2)


def true_positive_rate(fake: ArrayLike, values: ArrayLike, false_positive_rate: float) -> float:
    """Largest share of fakes above a threshold that at most this share of real ones reach.

    nan where one real one is already a larger share, or there are no fakes.
    """
    labels, scores = np.asarray(fake, bool), np.asarray(values, np.float64)
    reals = np.sort(scores[~labels])[::-1]
    allowed = int(np.floor(false_positive_rate * reals.size + 1e-9))
    if not allowed or not labels.any():
        return float("nan")
    return float((scores[labels] > reals[allowed]).mean()) if allowed < reals.size else 1.0


def expected_calibration_error(fake: ArrayLike, probabilities: ArrayLike, bins: int = 10) -> float:
    """Mean gap between probability and observed share of fakes over `bins` bins of equal width (Naeini et al. 2015)."""
    labels, chances = np.asarray(fake, np.float64), np.asarray(probabilities, np.float64)
    index = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [abs(labels[index == i].sum() - chances[index == i].sum()) for i in range(bins)]
    return float(sum(gaps) / max(1, labels.size))


def bootstrap(
    measure: Callable[[Bools, Floats], float],
    fake: ArrayLike,
    values: ArrayLike,
    *,
    rounds: int = 1000,
    seed: int = 0,
) -> Estimate:
    """The measure with its 95% percentile interval, resampling within each class."""
    labels, scores = np.asarray(fake, bool), np.asarray(values, np.float64)
    rng = np.random.default_rng(seed)
    fakes, reals = np.flatnonzero(labels), np.flatnonzero(~labels)
    drawn = (np.concatenate([rng.choice(fakes, fakes.size), rng.choice(reals, reals.size)]) for _ in range(rounds))
    measured = [measure(labels[index], scores[index]) for index in drawn]
    low, high = np.nanquantile(measured, [0.025, 0.975])
    return Estimate(measure(labels, scores), float(low), float(high), labels.size)


def rate(hits: int, items: int) -> Estimate:
    """A share with its exact 95% interval (Clopper and Pearson 1934)."""
    low = float(beta.ppf(0.025, hits, items - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, items - hits)) if hits < items else 1.0
    return Estimate(hits / items if items else float("nan"), low, high, items)

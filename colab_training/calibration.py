"""From raw numbers to calibrated evidence: a logistic fit with the prior taken out, a bound, and operating points."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from sklearn.linear_model import LogisticRegression

from colab_training.manifest import Sample
from colab_training.metrics import Bools, Floats, rate
from telltale.model.v1 import card_pb2

# A likelihood ratio of LR is believed only if about this many items of the rarer class would lie beyond it by chance.
_ITEMS_BEYOND = 10


def source_weights(samples: Sequence[Sample]) -> Floats:
    """Weights (N,) with mean 1: both classes alike, and each source as the square root of its size.

    Between "every item alike", which knows one source only, and "every source alike", which lets twenty items rule.
    """
    sizes = Counter((sample.source, sample.fake) for sample in samples)
    weights = np.array([1 / math.sqrt(sizes[sample.source, sample.fake]) for sample in samples])
    fake = np.array([sample.fake for sample in samples])
    for label in (True, False):
        weights[fake == label] /= weights[fake == label].mean()
    return weights


def item_weights(samples: Sequence[Sample]) -> Floats:
    """Weights (N,) with mean 1: both classes alike, and within a class every item alike."""
    fake = np.array([sample.fake for sample in samples])
    sizes = np.where(fake, fake.sum(), (~fake).sum())
    return np.asarray(fake.size / (2 * sizes), np.float64)


def likelihood_limit(fake: Sequence[bool]) -> float:
    """Largest magnitude of a natural log-likelihood ratio that the rarer class of these items can support."""
    rarer = min(sum(fake), len(fake) - sum(fake))
    return max(0.5, math.log(max(1, rarer) / _ITEMS_BEYOND))


def fit_calibration(
    raw: ArrayLike, fake: Sequence[bool], weights: ArrayLike | None = None, *, dataset: str
) -> card_pb2.Calibration:
    """Logistic calibration (Platt 1999) of raw numbers (N,) without the prior of the data (Brümmer and du Preez 2006)."""
    labels = np.asarray(fake, bool)
    shares = np.ones(labels.size) if weights is None else np.asarray(weights, np.float64)
    model = LogisticRegression(C=1e4, max_iter=1000).fit(np.asarray(raw, np.float64)[:, None], labels, shares)
    prior = math.log(shares[labels].sum() / shares[~labels].sum())
    return card_pb2.Calibration(
        slope=float(model.coef_[0, 0]),
        intercept=float(model.intercept_[0]) - prior,
        limit=likelihood_limit(fake),
        dataset=dataset,
        items=labels.size,
    )


def threshold_at(real_values: ArrayLike, false_positive_rate: float) -> float:
    """Lowest threshold at which at most this share of authentic items lies at or above it."""
    values = np.sort(np.asarray(real_values, np.float64))[::-1]
    allowed = math.floor(false_positive_rate * values.size)
    return float(np.nextafter(values[min(allowed, values.size - 1)], np.inf))


def operating_point(
    name: str, threshold: float, fake: ArrayLike, values: ArrayLike, dataset: str
) -> card_pb2.OperatingPoint:
    """A threshold with what it costs on these items."""
    labels: Bools = np.asarray(fake, bool)
    above = np.asarray(values, np.float64) >= threshold
    reals, fakes = int((~labels).sum()), int(labels.sum())
    false_alarms = rate(int(above[~labels].sum()), reals)
    return card_pb2.OperatingPoint(
        name=name,
        threshold=threshold,
        false_positive_rate=false_alarms.value,
        true_positive_rate=float(above[labels].mean()),
        false_positive_rate_upper=false_alarms.high,
        authentic_items=reals,
        manipulated_items=fakes,
        dataset=dataset,
    )

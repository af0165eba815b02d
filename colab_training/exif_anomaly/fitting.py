"""Logistic regression on traits whose weights cannot be negative, and how it does on makes that it never saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from colab_training.exif_anomaly.files import ORIGINAL, Example, makes
from metadata_svc.cues.exif_traits import TRAITS

Floats = NDArray[np.float64]
NAMES: Final = tuple(trait.__name__ for trait in TRAITS)


@dataclass(frozen=True)
class Weights:
    """Log-odds of a forgery, at even odds beforehand, = base + weights (F,) . traits (F,)."""

    base: float
    weights: Floats

    def log_odds(self, found: Sequence[Example]) -> Floats:
        """Of each example, (N,)."""
        return self.base + matrix(found) @ self.weights


def matrix(found: Sequence[Example]) -> Floats:
    """Traits (N, F) in the order of `NAMES`."""
    return np.array([[example.traits[name] for name in NAMES] for example in found], np.float64).reshape(-1, len(NAMES))


def shares(found: Sequence[Example]) -> Floats:
    """What each example counts, (N,): originals and forgeries half each, makes alike in each, forgeries alike in each make."""
    makers = {changed: {e.make for e in found if e.changed == changed} for changed in (False, True)}
    kinds = {make: {e.kind for e in found if e.changed and e.make == make} for make in makers[True]}
    sizes = Counter((e.make, e.kind) for e in found)
    return np.array(
        [0.5 / len(makers[e.changed]) / (len(kinds[e.make]) if e.changed else 1) / sizes[e.make, e.kind] for e in found]
    )


def fit(found: Sequence[Example], ridge: float) -> Weights:
    """The penalised fit of least weighted log loss, no weight below zero."""
    traits, changed, counts = matrix(found), np.array([e.changed for e in found], np.float64), shares(found)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        odds = parameters[0] + traits @ parameters[1:]
        gap = counts * (1 / (1 + np.exp(-odds)) - changed)
        value = float(counts @ (np.logaddexp(0, odds) - changed * odds) + ridge / 2 * (parameters[1:] ** 2).sum())
        return value, np.concatenate([[gap.sum()], gap @ traits + ridge * parameters[1:]])

    bounds = [(None, None), *[(0.0, None)] * len(NAMES)]
    found_at = minimize(loss, np.zeros(1 + len(NAMES)), jac=True, method="L-BFGS-B", bounds=bounds)
    return Weights(float(found_at.x[0]), np.asarray(found_at.x[1:], np.float64))


def unseen_makes(found: Sequence[Example], ridge: float, without: str = "") -> Floats:
    """Log-odds of each example by a fit that saw no file of its make, (N,), nor any forgery of the kind `without`."""
    odds = np.zeros(len(found))
    for make in makes(found):
        rest = [e for e in found if e.make != make and e.kind != without]
        own = [index for index, e in enumerate(found) if e.make == make]
        odds[own] = fit(rest, ridge).log_odds([found[index] for index in own])
    return odds


def tempered(weights: Weights, found: Sequence[Example], odds: Floats) -> Weights:
    """The weights scaled so that log-odds of unseen makes are right on average: a slope of at most one, and an offset."""
    changed, counts = np.array([e.changed for e in found], np.float64), shares(found)

    def loss(parameters: Floats) -> float:
        scaled = parameters[0] * odds + parameters[1]
        return float(counts @ (np.logaddexp(0, scaled) - changed * scaled))

    slope, offset = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.0, 1.0), (None, None)]).x
    return Weights(float(slope * weights.base + offset), slope * weights.weights)


def kinds_of(found: Sequence[Example]) -> list[str]:
    """Every forgery once, in the order in which they were made."""
    return [kind for kind in dict.fromkeys(e.kind for e in found) if kind != ORIGINAL]

"""How much each cue adds beyond the others, and where labels begin.

Log-odds = sum of weight * quality * log-likelihood ratio, as fusion adds them up, so the fitted numbers are the served ones.
There is no intercept. The weights come in two steps, because they answer two questions:

1. How cues compare. Logistic regression in which small sources count more than their share, so that a cue which only helps
   against a rare kind of fake is heard. No weight is negative, an L2 penalty draws them to zero, and cues are dropped at
   random, so that no cue leans on another one's presence. Penalty and dropping leave the sum too timid.
2. How sure the sum may be. One factor on all weights (temperature scaling, Guo et al. 2017), fitted without penalty on pictures
   whose group the weights had not seen, every picture counting alike, as it will when probabilities are held against shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from sklearn.model_selection import GroupKFold

from colab_training.metrics import Bools, Floats

_FOLDS = 5
_FACTORS = (0.2, 4.0)


@dataclass(frozen=True)
class FitSettings:
    """How the weights are fitted."""

    penalty: float = 0.01
    dropped_share: float = 0.25
    copies: int = 8
    seed: int = 20261122


@dataclass(frozen=True)
class FitItems:
    """What is fitted on, one entry per picture."""

    ratios: Floats
    """quality * log-likelihood ratio, (N, C)."""
    fake: Bools
    """(N,)"""
    shares: Floats
    """Importance of each picture when cues are compared, (N,)."""
    item_shares: Floats
    """Importance of each picture when the sum is scaled, (N,)."""
    groups: NDArray[np.str_]
    """Pictures of one group never lie on both sides of a fold, (N,)."""

    def part(self, index: NDArray[np.intp]) -> FitItems:
        """The pictures at these positions."""
        return FitItems(
            self.ratios[index], self.fake[index], self.shares[index], self.item_shares[index], self.groups[index]
        )


def fit_weights(items: FitItems, settings: FitSettings) -> Floats:
    """Weights (C,) >= 0, from both steps."""
    compared = compare_cues(items.ratios, items.fake, items.shares, settings)
    held_out = np.zeros(len(items.fake))
    for fit, rest in _folds(items):
        own = items.part(fit)
        held_out[rest] = items.ratios[rest] @ compare_cues(own.ratios, own.fake, own.shares, settings)
    return compared * scale_factor(held_out, items.fake, items.item_shares)


def held_out_log_odds(items: FitItems, settings: FitSettings) -> Floats:
    """Fused log-odds (N,) of each picture by weights fitted, in both steps, without its group."""
    log_odds = np.zeros(len(items.fake))
    for fit, rest in _folds(items):
        log_odds[rest] = items.ratios[rest] @ fit_weights(items.part(fit), settings)
    return log_odds


def compare_cues(ratios: Floats, fake: Bools, shares: Floats, settings: FitSettings) -> Floats:
    """Weights (C,) >= 0 from weighed ratios (N, C), labels (N,) and the importance (N,) of each picture."""
    rng = np.random.default_rng(settings.seed)
    kept = rng.random((settings.copies, *ratios.shape)) >= settings.dropped_share
    table = np.concatenate([ratios, *(ratios * mask for mask in kept)])  # ((1 + copies) N, C)
    signs = np.tile(np.where(fake, 1.0, -1.0), settings.copies + 1)
    importance = np.tile(shares / shares.sum(), settings.copies + 1) / (settings.copies + 1)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = signs * (table @ weights)
        slopes = -signs * importance / (1 + np.exp(margins))
        value = float(importance @ np.logaddexp(0, -margins)) + settings.penalty * float(weights @ weights)
        return value, table.T @ slopes + 2 * settings.penalty * weights

    start = np.full(ratios.shape[1], 0.5)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, 1.5)] * ratios.shape[1])
    return np.asarray(found.x, np.float64)


def scale_factor(log_odds: Floats, fake: Bools, shares: Floats) -> float:
    """The factor in [0.2, 4] on log-odds (N,) that makes their probabilities most likely."""
    signed = np.where(fake, log_odds, -log_odds)
    found = minimize_scalar(
        lambda factor: float(shares @ np.logaddexp(0, -factor * signed)), bounds=_FACTORS, method="bounded"
    )
    return float(found.x)


def weighted_quantile(values: Floats, shares: Floats, quantile: float) -> float:
    """Smallest value at or below which this share of the weight lies."""
    order = np.argsort(values)
    passed = np.cumsum(shares[order]) / shares.sum()
    return float(values[order][min(int(np.searchsorted(passed, quantile)), len(values) - 1)])


def _folds(items: FitItems) -> Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    return list(GroupKFold(_FOLDS).split(items.ratios, items.fake, items.groups))

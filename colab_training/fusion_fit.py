"""How much each cue adds beyond the others, and where labels begin.

Weights by logistic regression without an intercept: log-odds = sum of weight * quality * log-likelihood ratio, as fusion adds
them up, so the fitted numbers are the served ones. No weight is negative, an L2 penalty draws them to zero, and cues are
dropped at random, so that no cue leans on another one's presence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from sklearn.model_selection import GroupKFold

from colab_training.metrics import Bools, Floats

_FOLDS = 5


@dataclass(frozen=True)
class FitSettings:
    """How the weights are fitted."""

    penalty: float = 0.01
    dropped_share: float = 0.25
    copies: int = 8
    seed: int = 20261122


def fit_weights(ratios: Floats, fake: Bools, shares: Floats, settings: FitSettings) -> Floats:
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


def held_out_log_odds(
    ratios: Floats, fake: Bools, shares: Floats, groups: Sequence[str], settings: FitSettings
) -> Floats:
    """Fused log-odds (N,) of each picture by weights fitted without its group."""
    log_odds = np.zeros(len(ratios))
    for fit, held_out in GroupKFold(_FOLDS).split(ratios, fake, groups):
        log_odds[held_out] = ratios[held_out] @ fit_weights(ratios[fit], fake[fit], shares[fit], settings)
    return log_odds


def weighted_quantile(values: Floats, shares: Floats, quantile: float) -> float:
    """Smallest value at or below which this share of the weight lies."""
    order = np.argsort(values)
    passed = np.cumsum(shares[order]) / shares.sum()
    return float(values[order][min(int(np.searchsorted(passed, quantile)), len(values) - 1)])

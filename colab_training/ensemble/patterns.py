"""Weights and a prior for every set of tests that may speak.

What a test adds depends on who else was heard: where the best one is silent the others have to carry more. Each set has its own
logistic regression on media of which all its tests spoke, judged by these alone, drawn towards the common weights: media of which
nobody else spoke count fully, the others, silenced here, less. No weight is negative. The sum stays a sum, so contributions are
exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.optimize import minimize

from colab_training.ensemble.table import Table
from colab_training.metrics import Bools, Floats

# Positions of the tests that spoke.
Key = tuple[int, ...]


@dataclass(frozen=True)
class PatternSettings:
    """How the patterns are fitted."""

    penalty: float = 0.005
    """On the squared distance from the common weights and from a prior of 0."""
    silenced_share: float = 0.25
    """Importance of media whose other tests were silenced here."""
    least_items: int = 40
    """Of the rarer class; a set with fewer keeps the common weights."""
    largest_weight: float = 3.0


@dataclass(frozen=True, eq=False)
class Patterned:
    """Weights (C,) that hold for everybody, and by pattern weights of its tests with the prior behind them."""

    common: Floats
    patterns: Mapping[Key, Floats] = field(default_factory=dict)

    def log_odds(self, ratios: Floats) -> Floats:
        """Of ratios (N, C), NaN where a test had no opinion: (N,)."""
        heard = np.nan_to_num(ratios)
        log_odds = heard @ self.common
        for key, values in self.patterns.items():
            chosen = exactly(ratios, key)
            log_odds[chosen] = heard[np.ix_(chosen, key)] @ values[:-1] + values[-1]
        return np.asarray(log_odds, np.float64)

    def scaled(self, factor: float) -> Patterned:
        """All weights and priors times a factor."""
        return Patterned(self.common * factor, {key: values * factor for key, values in self.patterns.items()})


def fit_patterned(table: Table, common: Floats, settings: PatternSettings) -> Patterned:
    """Fits every set of the table's tests that was heard often enough."""
    keys = [key for size in range(1, len(table.cues) + 1) for key in combinations(range(len(table.cues)), size)]
    found = {key: _fit(table, key, common, settings) for key in keys if _enough(table, key, settings)}
    return Patterned(common, found)


def exactly(ratios: Floats, key: Key) -> Bools:
    """Media (N,) of which these tests spoke and no other."""
    wanted = np.isin(np.arange(ratios.shape[1]), key)
    return np.asarray((~np.isnan(ratios) == wanted).all(axis=1))


def _all_of(ratios: Floats, key: Key) -> Bools:
    return np.asarray(~np.isnan(ratios[:, key]).any(axis=1))


def _enough(table: Table, key: Key, settings: PatternSettings) -> bool:
    fake = table.fake[_all_of(table.ratios, key)]
    return min(int(fake.sum()), int((~fake).sum())) >= settings.least_items


def _fit(table: Table, key: Key, common: Floats, settings: PatternSettings) -> Floats:
    chosen = _all_of(table.ratios, key)
    natural = exactly(table.ratios, key)[chosen]
    features = np.column_stack([table.ratios[np.ix_(chosen, key)], np.ones(int(chosen.sum()))])
    signs = np.where(table.fake[chosen], 1.0, -1.0)
    importance = table.item_shares[chosen] * np.where(natural, 1.0, settings.silenced_share)
    importance = importance / importance.sum()
    start = np.append(common[list(key)], 0.0)

    def loss(values: Floats) -> tuple[float, Floats]:
        margins, away = signs * (features @ values), values - start
        slopes = -signs * importance * np.exp(-np.logaddexp(0, margins))
        value = float(importance @ np.logaddexp(0, -margins)) + settings.penalty * float(away @ away)
        return value, features.T @ slopes + 2 * settings.penalty * away

    bounds = [(0.0, settings.largest_weight)] * len(key) + [(None, None)]
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x, np.float64)

"""Ways of making one log-odds out of the opinions of all tests, each learned from a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier

from colab_training.ensemble.patterns import PatternSettings, fit_patterned
from colab_training.ensemble.table import Table, joined
from colab_training.fusion_fit import FitItems, FitSettings, fit_weights
from colab_training.metrics import Floats, auc

# Log-odds (N,) of ratios (N, C) with NaN where a test had no opinion.
Predictor = Callable[[Floats], Floats]
Method = Callable[[Table], Predictor]

AVERAGE, SINGLE, RULE = "average of probabilities", "best single test", "sum of log-odds, weights 1"
LEARNED, PATTERNED, BOOSTED = "sum, learned weights", "sum, weights by the tests that spoke", "gradient boosting"
_SEED = 20261123
_COPIES = 4
_MOST_DROPPED = 3
_SMALLEST = 1e-6


def average(table: Table) -> Predictor:
    """The mean of what the tests that spoke hold for probable; learns nothing."""
    del table

    def predict(ratios: Floats) -> Floats:
        spoke = ~np.isnan(ratios)
        sums = np.where(spoke, expit(np.nan_to_num(ratios)), 0.0).sum(axis=1)
        means = np.where(spoke.any(axis=1), sums / np.maximum(1, spoke.sum(axis=1)), 0.5)
        return np.asarray(logit(means), np.float64)

    return predict


def best_single(table: Table) -> Predictor:
    """The test that tells these media apart best, by AUC; 0 where it is silent."""
    best = int(np.argmax([auc(table.fake, column) for column in table.heard.T]))
    return lambda ratios: np.nan_to_num(ratios[:, best])


def rule(table: Table) -> Predictor:
    """All opinions added up as if they were independent; learns nothing."""
    del table
    return lambda ratios: np.asarray(np.nan_to_num(ratios).sum(axis=1), np.float64)


def learned(table: Table) -> Predictor:
    """Non-negative weights by logistic regression with a penalty, then one factor on all of them."""
    weights = common_weights(table)
    return lambda ratios: np.asarray(np.nan_to_num(ratios) @ weights, np.float64)


def patterned(table: Table) -> Predictor:
    """The same with weights and a prior for every set of tests that spoke, drawn towards the common ones."""
    fitted = fit_patterned(table, common_weights(table), PatternSettings())
    return fitted.log_odds


def boosted(table: Table) -> Predictor:
    """Trees that may look at every test at once, and at which of them spoke; more of a test never lowers the risk."""
    rng = np.random.default_rng(_SEED)
    seen = joined([table, *(table.dropped(_MOST_DROPPED, rng) for _ in range(_COPIES))])
    trees = HistGradientBoostingClassifier(
        max_iter=150,
        learning_rate=0.05,
        max_depth=3,
        min_samples_leaf=min(60, max(5, len(table) // 20)),
        l2_regularization=1.0,
        monotonic_cst=[1] * len(table.cues),
        random_state=_SEED,
    ).fit(seen.ratios, seen.fake, sample_weight=seen.source_shares)

    def predict(ratios: Floats) -> Floats:
        chances = np.clip(trees.predict_proba(ratios)[:, 1], _SMALLEST, 1 - _SMALLEST)
        return np.asarray(logit(chances), np.float64)

    return predict


def common_weights(table: Table, settings: FitSettings | None = None) -> Floats:
    """Weights (C,) >= 0 that do not depend on which tests spoke."""
    items = FitItems(table.heard, table.fake, table.source_shares, table.item_shares, table.groups)
    return fit_weights(items, settings or FitSettings())


METHODS: Mapping[str, Method] = {
    AVERAGE: average,
    SINGLE: best_single,
    RULE: rule,
    LEARNED: learned,
    PATTERNED: patterned,
    BOOSTED: boosted,
}

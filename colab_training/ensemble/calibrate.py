"""Ways of making log-odds mean what they say, held against each other; the one that scales all alike is shipped.

Temperature (Guo et al. 2017) is one factor on all log-odds, so it goes into the weights and contributions stay exact. Platt's
line adds a constant, which may go into the prior. Isotonic regression bends the scale: what a test contributes would then depend
on the others, and the sum would no longer be one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from colab_training.ensemble.compare import FOLDS, Numbers, numbers
from colab_training.ensemble.table import Table
from colab_training.fusion_fit import scale_factor
from colab_training.metrics import Bools, Floats

AS_IT_IS, TEMPERATURE, PLATT, ISOTONIC = "as it is", "temperature", "Platt's line", "isotonic regression"
_FEWEST = 100
Scale = Callable[[Floats], Floats]


def temperature(fake: Bools, log_odds: Floats, shares: Floats) -> Scale:
    """One factor."""
    factor = scale_factor(log_odds, fake, shares / shares.sum())
    return lambda values: factor * values


def platt(fake: Bools, log_odds: Floats, shares: Floats) -> Scale:
    """One factor and a constant."""
    model = LogisticRegression(C=1e4).fit(log_odds[:, None], fake, shares)
    return lambda values: np.asarray(model.decision_function(values[:, None]), np.float64)


def isotonic(fake: Bools, log_odds: Floats, shares: Floats) -> Scale:
    """Any rising curve; a step is held away from 0 and 1 by the items behind it all."""
    model = IsotonicRegression(out_of_bounds="clip").fit(log_odds, fake.astype(float), shares)
    edge = 1 / max(_FEWEST, fake.size)
    return lambda values: np.asarray(logit(np.clip(model.predict(values), edge, 1 - edge)), np.float64)


SCALES: Mapping[str, Callable[[Bools, Floats, Floats], Scale]] = {
    TEMPERATURE: temperature,
    PLATT: platt,
    ISOTONIC: isotonic,
}


def compare_scales(table: Table, log_odds: Floats) -> dict[str, Numbers]:
    """Each way, fitted without the fold that it is judged on; `log_odds` (N,) are out of fold themselves."""
    found = {name: np.zeros(len(table)) for name in SCALES}
    for fit, rest in GroupKFold(FOLDS).split(log_odds, table.fake, table.groups):
        for name, scale in SCALES.items():
            found[name][rest] = scale(table.fake[fit], log_odds[fit], table.item_shares[fit])(log_odds[rest])
    rows = {AS_IT_IS: numbers(table.fake, log_odds)}
    return rows | {name: numbers(table.fake, values) for name, values in found.items()}


def probabilities(log_odds: Floats) -> Floats:
    """Of natural log-odds (N,)."""
    return np.asarray(expit(log_odds), np.float64)

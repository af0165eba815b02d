"""How far two samples lie apart, and how far they would by chance.

The population stability index (PSI) over fixed bins is a symmetric Kullback-Leibler divergence: 0 is the same, by custom less
than 0.1 is nothing to act on. Without a change, (bins - 1) (1/n + 1/m) is expected of samples of n and m, and
PSI / (1/n + 1/m) is distributed about as chi-squared with bins - 1 degrees of freedom (Yurdakul and Naranjo 2020). The two-sample
test of Kolmogorov and Smirnov (KS) takes the largest gap between the cumulative shares; its critical values here are the
asymptotic ones (Smirnov 1948), which ties only make more careful.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_SMOOTHING = 0.5


def psi(before: Floats, after: Floats) -> float:
    """The index of two histograms over the same bins. Half a count more in every bin keeps empty ones finite."""
    first, second = _shares(before), _shares(after)
    return float(((second - first) * np.log(second / first)).sum())


def psi_bound(bins: int, before: int, after: int, chance: float) -> float:
    """What the index of samples of the given sizes exceeds with that chance although nothing has changed."""
    return chi_squared_quantile(bins - 1, 1 - chance) * (1 / before + 1 / after)


def ks(values: Floats, counts: Floats, after: Floats) -> float:
    """Largest gap between cumulative shares at the given values.

    Args:
        values: (N,) ascending values of the reference, perhaps thinned.
        counts: (N,) how many items of the reference lie above the value before, up to each value.
        after: (M,) the other sample, in any order.
    """
    first = np.cumsum(counts) / counts.sum()
    second = np.searchsorted(np.sort(after), values, side="right") / after.size
    return float(np.abs(first - second).max())


def ks_bound(before: int, after: int, chance: float) -> float:
    """What the gap of samples of the given sizes exceeds with at most that chance although nothing has changed."""
    return math.sqrt(-math.log(chance / 2) / 2 * (1 / before + 1 / after))


def chi_squared_quantile(freedom: int, below: float) -> float:
    """The value below which chi-squared lies with that probability (Wilson and Hilferty 1931)."""
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + NormalDist().inv_cdf(below) * math.sqrt(part)) ** 3)


def binomial_tail(hits: int, items: int, share: float) -> float:
    """Chance of at least `hits` among `items`, each with chance `share`, (0, 1]."""
    if hits <= 0:
        return 1.0
    if not 0 < share < 1:
        return float(share > 0)
    terms = (_log_term(count, items, share) for count in range(hits, items + 1))
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def _log_term(count: int, items: int, share: float) -> float:
    ways = math.lgamma(items + 1) - math.lgamma(count + 1) - math.lgamma(items - count + 1)
    return ways + count * math.log(share) + (items - count) * math.log1p(-share)


def _shares(counts: Floats) -> Floats:
    smoothed = counts + _SMOOTHING
    return np.asarray(smoothed / smoothed.sum(), np.float64)

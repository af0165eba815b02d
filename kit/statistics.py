"""How far two samples lie apart, and how far they would by chance: for drift and for canaries alike.

The population stability index (PSI) over fixed classes is a symmetric Kullback-Leibler divergence: 0 is the same, by custom less
than 0.1 is nothing to act on. Without a change, (classes - 1) (1/n + 1/m) is expected of samples of n and m, and
PSI / (1/n + 1/m) is distributed about as chi-squared with classes - 1 degrees of freedom (Yurdakul and Naranjo 2020); where
classes have few values it is larger than that more often, so few values want an exact test.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_SMOOTHING: Final = 0.5
# Terms of a tail that are smaller than this part of its sum no longer change it.
_NEGLIGIBLE: Final = 1e-12
_LARGE: Final = 1e200


def psi(before: ArrayLike, after: ArrayLike) -> float:
    """The index of two counts over the same classes; nan where one is empty. Classes that are empty in both do not count.

    Half a value more in every class that counts keeps an empty one from making it infinite.
    """
    first, second = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if not first.sum() or not second.sum():
        return math.nan
    seen = first + second > 0
    old, new = _shares(first[seen]), _shares(second[seen])
    return float(((new - old) * np.log(new / old)).sum())


def psi_bound(classes: int, before: int, after: int, chance: float) -> float:
    """What the index of samples of the given sizes exceeds with that chance although nothing has changed."""
    return chi_squared_quantile(classes - 1, 1 - chance) * (1 / before + 1 / after)


def chi_squared_quantile(freedom: int, below: float) -> float:
    """The value below which chi-squared lies with that probability (Wilson and Hilferty 1931)."""
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + NormalDist().inv_cdf(below) * math.sqrt(part)) ** 3)


def binomial_tail(hits: int, trials: int, share: float) -> float:
    """Chance of at least so many hits where each trial hits with this share (exact), [0, 1]."""
    if hits <= 0 or share >= 1:
        return 1.0
    if share <= 0:
        return 0.0
    odds = share / (1 - share)
    first = _log_ways(trials, hits) + hits * math.log(share) + (trials - hits) * math.log1p(-share)
    return _tail(first, hits, trials, lambda count: (trials - count) / (count + 1) * odds)


def fisher_tail(hits: int, trials: int, other_hits: int, other_trials: int) -> float:
    """Chance that the first of two has at least so many of all hits where both hit as often (Fisher 1935, exact), [0, 1]."""
    drawn = hits + other_hits
    if hits <= max(0, drawn - other_trials):
        return 1.0
    ways = _log_ways(trials, hits) + _log_ways(other_trials, other_hits)

    def ratio(count: int) -> float:
        return (trials - count) * (drawn - count) / ((count + 1) * (other_trials - drawn + count + 1))

    return _tail(ways - _log_ways(trials + other_trials, drawn), hits, min(trials, drawn), ratio)


def _tail(log_first: float, begin: int, last: int, ratio: Callable[[int], float]) -> float:
    """The sum of terms from the first one on, each so many times the one before it; they rise at most once, then fall."""
    total = term = 1.0
    for count in range(begin, last):
        step = ratio(count)
        term *= step
        total += term
        if step < 1 and term < _NEGLIGIBLE * total:
            break
        if total > _LARGE:  # begun far below the middle
            log_first, term, total = log_first + math.log(total), term / total, 1.0
    return min(1.0, math.exp(log_first + math.log(total)))


def _log_ways(items: int, drawn: int) -> float:
    return math.lgamma(items + 1) - math.lgamma(drawn + 1) - math.lgamma(items - drawn + 1)


def _shares(counts: Floats) -> Floats:
    smoothed = counts + _SMOOTHING
    return np.asarray(smoothed / smoothed.sum(), np.float64)

"""Could it be chance? Exact and approximate tests, without I/O."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist


def chance_of_at_least(hits: int, trials: int, share: float) -> float:
    """How likely at least so many hits are where each trial hits with this share (binomial, exact), [0, 1]."""
    if hits <= 0:
        return 1.0
    if share >= 1:
        return 1.0
    # The other tail is the shorter sum where hits are few.
    below = math.fsum(_binomial(count, trials, share) for count in range(hits))
    return max(0.0, 1.0 - below)


def chance_of_so_uneven(hits: int, trials: int, other_hits: int, other_trials: int) -> float:
    """How likely the first of two has at least so many of all hits where both hit as often (Fisher 1935, exact), [0, 1]."""
    every, drawn = trials + other_trials, hits + other_hits
    ways = sum(
        math.comb(trials, count) * math.comb(other_trials, drawn - count)
        for count in range(hits, min(trials, drawn) + 1)
    )
    return ways / math.comb(every, drawn)


def _binomial(hits: int, trials: int, share: float) -> float:
    if share <= 0:
        return float(hits == 0)
    ways = math.lgamma(trials + 1) - math.lgamma(hits + 1) - math.lgamma(trials - hits + 1)
    return math.exp(ways + hits * math.log(share) + (trials - hits) * math.log1p(-share))


def psi(ours: Sequence[int], theirs: Sequence[int]) -> float:
    """Population stability index of two counts over the same classes; classes that are empty in both do not count.

    Half a value is added to each class that counts, so that an empty one does not make it infinite. 0: alike; nan
    without values.
    """
    pairs = [(a + 0.5, b + 0.5) for a, b in zip(ours, theirs, strict=True) if a or b]
    if not sum(ours) or not sum(theirs):
        return math.nan
    all_ours, all_theirs = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    return math.fsum((a / all_ours - b / all_theirs) * math.log(a / all_ours * all_theirs / b) for a, b in pairs)


def psi_by_chance(ours: Sequence[int], theirs: Sequence[int], chance: float) -> float:
    """The index that two draws from one distribution exceed with this chance: chi-square over n·m / (n + m).

    The quantile is that of Wilson and Hilferty (1931).
    """
    free = _free(ours, theirs)
    scale = 2 / (9 * free)
    quantile = free * (1 - scale + NormalDist().inv_cdf(1 - chance) * math.sqrt(scale)) ** 3
    return quantile * _per_free(ours, theirs)


def psi_on_average(ours: Sequence[int], theirs: Sequence[int]) -> float:
    """The mean index of two draws from one distribution: what few values alone make of it."""
    return _free(ours, theirs) * _per_free(ours, theirs)


def _free(ours: Sequence[int], theirs: Sequence[int]) -> int:
    return max(1, sum(1 for a, b in zip(ours, theirs, strict=True) if a or b) - 1)


def _per_free(ours: Sequence[int], theirs: Sequence[int]) -> float:
    return 1 / max(1, sum(ours)) + 1 / max(1, sum(theirs))

"""Could it be chance? What a look may ask, without I/O."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from kit.statistics import fisher_tail


def chance_of_a_look(chance: float, steps: int, calls: int) -> float:
    """What is left for one look of the chance that a whole rollout may take for a bound.

    It is shared out among the steps, and in each among the doublings of the canary's calls: a part of 1 / (k (k + 1)) for the
    k-th, which add up to 1. Looks between two doublings see mostly the same calls.
    """
    doublings = max(1, calls.bit_length())
    return chance / (steps * doublings * (doublings + 1))


def chance_of_so_apart(ours: Sequence[int], theirs: Sequence[int]) -> float:
    """How likely two counts over the same ordered classes lie so far apart where both are drawn alike, [0, 1].

    Fisher's exact test at every edge between two classes and for both sides, the least chance times the number of tests: it
    holds for few values as well, where chi-square does not.
    """
    all_ours, all_theirs = sum(ours), sum(theirs)
    edges = list(zip(accumulate(ours), accumulate(theirs), strict=True))[:-1]
    chances = [
        fisher_tail(*pair)
        for a, b in edges
        for pair in ((a, all_ours, b, all_theirs), (all_ours - a, all_ours, all_theirs - b, all_theirs))
    ]
    return min(1.0, len(chances) * min(chances, default=1.0))


def psi_on_average(ours: Sequence[int], theirs: Sequence[int]) -> float:
    """The mean index of two draws from one distribution: what few values alone make of it."""
    classes = sum(1 for a, b in zip(ours, theirs, strict=True) if a or b)
    return max(1, classes - 1) * (1 / max(1, sum(ours)) + 1 / max(1, sum(theirs)))

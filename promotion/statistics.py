"""How good log-likelihood ratios (natural, positive: fake) are, and how much better than others of the same files.

Area under the ROC curve; Cllr, the cost of log-likelihood ratios in bits (Brümmer and du Preez, "Application-independent
evaluation of speaker detection", 2006); expected calibration error (Naeini et al. 2015); the paired, basic bootstrap (Davison
and Hinkley 1997).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Measure = Callable[[Bools, Floats], float]

_BINS: Final = 10
# The normal distribution's value that 95% lie below.
_ONE_SIDED_95: Final = 1.6448536269514722
_CHANCE_OF_MISSING: Final = 0.05


@dataclass(frozen=True)
class Difference:
    """A measure of two models over the same items. `low` and `high` each bound candidate minus live from one side at 95%."""

    candidate: float
    live: float
    low: float
    high: float

    @property
    def value(self) -> float:
        """Candidate minus live."""
        return self.candidate - self.live

    def allowing(self, share: float) -> Difference:
        """With bounds that leave room for items, up to that share of all, of which none was seen and on which the two may differ
        as much as can be."""
        return replace(self, low=min(self.low, self.value - share), high=max(self.high, self.value + share))


def auc(fake: Bools, ratios: Floats) -> float:
    """The chance that a fake lies above a real one, ties half, [0, 1]. nan when a class is empty."""
    reals, fakes = np.sort(ratios[~fake]), ratios[fake]
    if not reals.size or not fakes.size:
        return math.nan
    below = np.searchsorted(reals, fakes, "left") + np.searchsorted(reals, fakes, "right")
    return float(below.mean() / (2 * reals.size))


def cllr(fake: Bools, ratios: Floats) -> float:
    """Mean cost in bits, both classes counting half: 0 is perfect, 1 is what saying nothing costs, more is worse than that."""
    missed, accused = np.logaddexp(0, -ratios[fake]), np.logaddexp(0, ratios[~fake])
    return float((missed.mean() + accused.mean()) / (2 * math.log(2)))


def expected_calibration_error(fake: Bools, ratios: Floats) -> float:
    """Mean gap between probability, at the items' own share of fakes, and observed share over ten bins of equal width, [0, 1]."""
    prior = math.log(max(1, fake.sum()) / max(1, (~fake).sum()))
    chances = 1 / (1 + np.exp(-np.clip(ratios + prior, -50, 50)))
    index = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(index, fake.astype(np.float64) - chances, _BINS)
    return float(np.abs(gaps).sum() / max(1, fake.size))


def difference(measure: Measure, fake: Bools, candidate: Floats, live: Floats, *, rounds: int, seed: int) -> Difference:
    """The measure of both and its difference, with both bounds from a bootstrap that draws items, for both models the same ones.

    Args:
        measure: one of the above.
        fake: (N,) what the items are; each class is drawn among itself.
        candidate: (N,) ratios of the candidate.
        live: (N,) ratios of what is live.
        rounds: how often items are drawn.
        seed: where chance begins; the same seed gives the same bounds.
    """
    rng, classes = np.random.default_rng(seed), (np.flatnonzero(fake), np.flatnonzero(~fake))
    found = measure(fake, candidate), measure(fake, live)
    drawn = np.empty(rounds)
    for number in range(rounds):
        index = np.concatenate([rng.choice(each, each.size) for each in classes])
        drawn[number] = measure(fake[index], candidate[index]) - measure(fake[index], live[index])
    value, (least, most) = found[0] - found[1], np.quantile(drawn, (0.05, 0.95))
    # What is drawn lies off what was measured as that does off the truth; calibration errors of drawn items come out too high.
    # A bound never contradicts what was measured, which quantiles of few, coarse differences could.
    return Difference(*found, min(2 * value - float(most), value), max(2 * value - float(least), value))


def rate_bounds(hits: int, items: int) -> tuple[float, float]:
    """Bounds of a share, each holding at 95% from one side, [0, 1] (Wilson 1927)."""
    if not items:
        return 0.0, 1.0
    share, square = hits / items, _ONE_SIDED_95**2
    middle = (share + square / (2 * items)) / (1 + square / items)
    reach = _ONE_SIDED_95 * math.sqrt(share * (1 - share) / items + square / (4 * items**2)) / (1 + square / items)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def unseen_share(items: int) -> float:
    """Largest share, at 95%, of what is not among so many items that were drawn (exact; about 3 / items), (0, 1]."""
    return 1 - math.pow(_CHANCE_OF_MISSING, 1 / max(1, items))


def chance_of_so_many(more: int, fewer: int) -> float:
    """How likely at least `more` of all changes go one way when both are as likely (McNemar 1947, exact), [0, 1]."""
    changes = more + fewer
    return float(sum(math.comb(changes, count) for count in range(more, changes + 1)) / 2**changes)

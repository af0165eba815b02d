r"""Thresholds with a promise: of real media like those of a source, at most a share lies at or above them.

Sure: the promise holds with a confidence over the choice of the n calibration items (Vovk 2012, "Conditional validity of
inductive conformal predictors"): the threshold lies just above the (r + 1)-th largest, r being the most that a binomial count of
n items and this share stays at or below with at most 1 - confidence. That needs n >= log(1 - confidence) / log(1 - share): 59
for 5%, 299 for 1%. On average: plain split conformal, just above the ceil((n + 1)(1 - share))-th smallest, promises the share
over many calibrations; that needs n >= 1 / share - 1: 19 for 5%, 99 for 1%.

A source with fewer items gets the upper tolerance limit of a normal distribution for the same share and confidence (Howe 1969):
an assumption, and one that asks for more, the fewer items there are. Sources with fewer than `LEAST` items are taken together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, nct, norm

from colab_training.metrics import Floats

CONFIDENCE = 0.95
LEAST = 10
_EXACT = 1e-9
OTHERS = "all smaller sources"
SURE, ON_AVERAGE, NORMAL = "95% sure", "on average", "normal distribution"


@dataclass(frozen=True)
class Promise:
    """At most `share` of the real media of `source` at or above the threshold."""

    source: str
    items: int
    share: float
    threshold: float
    rests_on: str
    """SURE, ON_AVERAGE, or NORMAL where there were too few items for what was asked."""


def promises(log_odds: Floats, sources: Sequence[str], share: float, *, sure: bool = True) -> list[Promise]:
    """One for each source of real media with log-odds (N,), and one for all that are too small for their own."""
    names = np.array(sources)
    sizes = {str(name): int((names == name).sum()) for name in sorted(set(sources))}
    own = {name: log_odds[names == name] for name, size in sizes.items() if size >= LEAST}
    small = log_odds[np.isin(names, [name for name, size in sizes.items() if size < LEAST])]
    parts = {**own, **({OTHERS: small} if small.size > 1 else {})}
    return [promise(name, values, share, sure=sure) for name, values in parts.items()]


def promise(source: str, values: Floats, share: float, *, sure: bool = True) -> Promise:
    """For real media with these log-odds (n,), n > 1."""
    allowed = _surely(values.size, share) if sure else math.floor((values.size + 1) * share + _EXACT) - 1
    if allowed < 0:
        return Promise(source, values.size, share, tolerance_limit(values, share), NORMAL)
    threshold = float(np.nextafter(np.sort(values)[::-1][allowed], math.inf))
    return Promise(source, values.size, share, threshold, SURE if sure else ON_AVERAGE)


def tolerance_limit(values: Floats, share: float) -> float:
    """Upper limit that all but this share of a normal distribution lie below, with `CONFIDENCE`."""
    count = values.size
    factor = nct.ppf(CONFIDENCE, count - 1, norm.ppf(1 - share) * math.sqrt(count)) / math.sqrt(count)
    return float(values.mean() + factor * values.std(ddof=1))


def _surely(count: int, share: float) -> int:
    """Most items above the threshold for which the promise is sure; -1 when not even none does."""
    within = binom.cdf(np.arange(count + 1), count, share) <= 1 - CONFIDENCE
    return int(within.sum()) - 1

r"""Thresholds with a promise: of real media like those of a source, at most a share lies at or above them.

The promise holds with a confidence over the choice of the n calibration items (Vovk 2012, "Conditional validity of inductive
conformal predictors"): the threshold lies just above the (r + 1)-th largest, r being the most that a binomial count of n items
and this share stays at or below with at most 1 - confidence. Plain split conformal, the ceil((n + 1)(1 - share))-th smallest,
promises it on average only; with few items the average hides much.

That needs n >= log(1 - confidence) / log(1 - share): 59 for 5%, 299 for 1%. A source with fewer items gets the upper tolerance
limit of a normal distribution for the same share and confidence (Howe 1969): an assumption, and one that asks for more, the
fewer items there are. Sources with fewer than `LEAST` items are taken together.
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
OTHERS = "all smaller sources"


@dataclass(frozen=True)
class Promise:
    """At most `share` of the real media of `source` at or above the threshold; `free` of assumptions on the distribution."""

    source: str
    items: int
    share: float
    threshold: float
    free: bool


def promises(log_odds: Floats, sources: Sequence[str], share: float) -> list[Promise]:
    """One for each source of real media with log-odds (N,), and one for all that are too small for their own."""
    names = np.array(sources)
    sizes = {str(name): int((names == name).sum()) for name in sorted(set(sources))}
    own = {name: log_odds[names == name] for name, size in sizes.items() if size >= LEAST}
    small = log_odds[np.isin(names, [name for name, size in sizes.items() if size < LEAST])]
    parts = {**own, **({OTHERS: small} if small.size > 1 else {})}
    return [promise(name, values, share) for name, values in parts.items()]


def promise(source: str, values: Floats, share: float) -> Promise:
    """For real media with these log-odds (n,), n > 1."""
    allowed = _allowed(values.size, share)
    if allowed < 0:
        return Promise(source, values.size, share, tolerance_limit(values, share), free=False)
    largest = np.sort(values)[::-1]
    return Promise(source, values.size, share, float(np.nextafter(largest[allowed], math.inf)), free=True)


def marginal(values: Floats, share: float) -> float:
    """The threshold of plain split conformal; infinity where there are too few items."""
    rank = math.ceil((values.size + 1) * (1 - share))
    return float(np.sort(values)[rank - 1]) if rank <= values.size else math.inf


def tolerance_limit(values: Floats, share: float) -> float:
    """Upper limit that all but this share of a normal distribution lie below, with `CONFIDENCE`."""
    count = values.size
    factor = nct.ppf(CONFIDENCE, count - 1, norm.ppf(1 - share) * math.sqrt(count)) / math.sqrt(count)
    return float(values.mean() + factor * values.std(ddof=1))


def _allowed(count: int, share: float) -> int:
    """Most items above the threshold for which the promise holds; -1 when not even none does."""
    within = binom.cdf(np.arange(count + 1), count, share) <= 1 - CONFIDENCE
    return int(within.sum()) - 1

"""How far two samples of numbers lie apart, and how far they would by chance; `kit.statistics` has the same for counts.

The two-sample test of Kolmogorov and Smirnov (KS) takes the largest gap between the cumulative shares; its critical values here
are the asymptotic ones (Smirnov 1948), which ties only make more careful.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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

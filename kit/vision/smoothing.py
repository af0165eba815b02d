"""Taking the jitter of a face finder out of a path over time."""

from __future__ import annotations

from typing import Final

import numpy as np

from kit.vision.faces import Floats
from kit.vision.paths import MAX_GAP_S, Times

_SIGMA_S: Final = 0.16
_REACH: Final = 2


def smoothed(times_s: Times, values: Floats) -> Floats:
    """Values (T, V) at rising moments (T,), each replaced by a straight line fitted to its neighbours.

    Two neighbours on each side count, by a Gaussian of their distance in time, none of them across a gap. A line, unlike a mean,
    does not lag behind even movement, at the ends neither (Cleveland, "Robust Locally Weighted Regression", JASA 1979).
    """
    neighbours = np.arange(len(times_s))[:, None] + np.arange(-_REACH, _REACH + 1)  # (T, 5)
    inside = (neighbours >= 0) & (neighbours < len(times_s))
    neighbours = np.clip(neighbours, 0, len(times_s) - 1)
    apart_s = times_s[neighbours] - times_s[:, None]
    weights = inside * (np.abs(apart_s) <= MAX_GAP_S) * np.exp(-0.5 * (apart_s / _SIGMA_S) ** 2)
    shares = _shares(apart_s, weights)
    return np.asarray(np.einsum("tk,tkv->tv", shares, values[neighbours].astype(np.float64)), dtype=np.float32)


def _shares(apart_s: Times, weights: Times) -> Times:
    """(T, 5) how much each neighbour adds to the weighted line's value in the middle."""
    total, first, second = (np.sum(weights * apart_s**power, axis=1, keepdims=True) for power in (0, 1, 2))
    determinant = total * second - first**2
    # With no neighbour there is no line: the value stays as it is.
    alone = determinant <= 1e-9
    line = (second - first * apart_s) / np.where(alone, 1.0, determinant)
    return np.asarray(weights * np.where(alone, 1 / total, line), dtype=np.float64)

"""Numbers that wander over time: what is not done the same way in every picture of a made fake."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def wander(rng: np.random.Generator, frames: int, size: int, spread: float, memory: float) -> Floats:
    """(frames, size) of stationary first-order autoregressive noise: standard deviation `spread`, correlation `memory` from one
    frame to the next, in [0, 1): 0 flickers, near 1 drifts."""
    fresh = rng.normal(0, spread, (frames, size))
    path = np.empty((frames, size))
    path[0] = fresh[0]
    for frame in range(1, frames):
        path[frame] = memory * path[frame - 1] + np.sqrt(1 - memory**2) * fresh[frame]
    return path

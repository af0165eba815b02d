"""The points of a mouth in the mirror."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from av_sync_svc.mouths import INNER_LIPS, JAW, MOUTH_POINTS, OUTER_LIPS


def _mirrored() -> NDArray[np.intp]:
    """For each point of a mouth the place in MOUTH_POINTS of its mirror image."""
    pairs = dict(zip(OUTER_LIPS, (*OUTER_LIPS[10::-1], *OUTER_LIPS[:10:-1]), strict=True))
    pairs |= dict(zip(INNER_LIPS, (*INNER_LIPS[10::-1], *INNER_LIPS[:10:-1]), strict=True))
    pairs |= {152: 152, 148: 377, 377: 148, 199: 199, 172: 397, 397: 172, 136: 365, 365: 136}
    pairs |= {205: 425, 425: 205, 212: 432, 432: 212}
    assert set(pairs) == {*OUTER_LIPS, *INNER_LIPS, *JAW}
    return np.array([MOUTH_POINTS.index(pairs[point]) for point in MOUTH_POINTS])


MIRRORED: Final = _mirrored()
"""For each point of a mouth the place in MOUTH_POINTS of its mirror image."""

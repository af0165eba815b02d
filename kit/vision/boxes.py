"""Arithmetic on boxes: float32 arrays (N, 4) of left, top, right, bottom in pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kit.vision.faces import Floats


def overlaps(boxes: Floats, of_smaller: bool) -> Floats:
    """(N, N) shared area of each pair, over their union or, `of_smaller`, over the smaller of the two."""
    corner_min = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    corner_max = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    sides = np.maximum(corner_max - corner_min, 0)
    shared = sides[..., 0] * sides[..., 1]
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    union = areas[:, None] + areas[None, :] - shared
    whole = np.minimum(areas[:, None], areas[None, :]) if of_smaller else union
    return np.asarray(shared / np.maximum(whole, 1e-6), dtype=np.float32)


def strongest(boxes: Floats, probabilities: Floats, limit: float, of_smaller: bool = False) -> npt.NDArray[np.intp]:
    """Indices, best first, that greedy non-maximum suppression keeps: no two of them overlap by more than `limit`."""
    order = np.argsort(-probabilities, kind="stable")
    close = overlaps(boxes[order], of_smaller) > limit
    alive = np.ones(len(order), dtype=bool)
    for index in range(len(order)):
        if alive[index]:
            alive[index + 1 :] &= ~close[index, index + 1 :]
    return order[alive]

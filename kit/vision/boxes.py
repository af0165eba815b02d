"""Arithmetic on boxes: float32 arrays (N, 4) of left, top, right, bottom in pixels."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from kit.vision.faces import Floats, Picture


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


def squared(boxes: Floats) -> Floats:
    """Each box grown to a square about its centre."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    halves = np.max(boxes[:, 2:] - boxes[:, :2], axis=1, keepdims=True) / 2
    return np.concatenate([centres - halves, centres + halves], axis=1)


def shifted(boxes: Floats, offsets: Floats) -> Floats:
    """Boxes whose edges move by `offsets` (N, 4), in shares of the box's width and height."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return np.asarray(boxes + offsets * np.concatenate([sides, sides], axis=1), dtype=np.float32)


def cut(picture: Picture, box: Floats, side_px: int) -> Picture:
    """The part of an (H, W, 3) picture inside one box, black outside the picture, resized to (side_px, side_px, 3)."""
    height, width = picture.shape[:2]
    left, top, right, bottom = (round(float(edge)) for edge in box)
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    inside = picture[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    missing = (max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0))
    if any(missing):
        inside = cv2.copyMakeBorder(inside, *missing, cv2.BORDER_CONSTANT, value=(0, 0, 0)).astype(np.uint8, copy=False)
    return np.asarray(cv2.resize(inside, (side_px, side_px), interpolation=cv2.INTER_AREA), dtype=np.uint8)

"""What the cascade does with boxes, float32 (N, 4) of left, top, right, bottom in pixels, between its stages."""

from __future__ import annotations

import cv2
import numpy as np

from kit.vision.faces import Floats, Picture


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

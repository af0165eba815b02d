"""A whole picture in its own proportions on a plain ground, and the way back to the picture's pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from kit.vision.faces import Floats, Picture
from telltale.model.v1 import card_pb2


@dataclass(frozen=True, slots=True)
class Letterboxed:
    """A tensor, float32 (1, 3, height, width) in [0, 1], RGB, and where the picture lies in it."""

    tensor: Floats
    scale: tuple[float, float]
    """Pixels of the tensor for one of the picture, across and down."""
    corner_px: tuple[int, int]
    """Left and top of the picture in the tensor."""

    def to_picture(self, points: Floats) -> Floats:
        """Points (..., 2) of the tensor in pixels of the picture."""
        corner, scale = np.asarray(self.corner_px, np.float32), np.asarray(self.scale, np.float32)
        return np.asarray((points - corner) / scale, dtype=np.float32)


def letterbox(picture: Picture, side_px: int, how: card_pb2.Letterbox) -> Letterboxed:
    """An (H, W, 3) RGB picture with its longer side at `how.picture_share` of `side_px`, grown where it is smaller.

    The ground is as narrow as it may be across the shorter side: there is less to look at than in a square.
    """
    height, width = picture.shape[:2]
    longer = round(side_px * how.picture_share)
    factor, rim = longer / max(height, width), side_px - longer
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    wide, tall = (min(side_px, _up_to_multiple(side + rim, how.multiple_px)) for side in size)
    left, top = (wide - size[0]) // 2, (tall - size[1]) // 2
    canvas = np.full((tall, wide, 3), how.ground, dtype=np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=method)
    tensor = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(255)
    return Letterboxed(tensor, (size[0] / width, size[1] / height), (left, top))


def _up_to_multiple(length: int, multiple: int) -> int:
    return -(-length // multiple) * multiple

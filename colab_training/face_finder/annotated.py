"""A picture with the faces that are in it, and moving both together."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kit.convert.tensor import Picture

Floats = NDArray[np.float32]
# A mirrored face: what was the eye at the left is the eye at the right.
MIRRORED_LANDMARKS = (1, 0, 2, 4, 3)
PADDING = 114


@dataclass(frozen=True, eq=False)
class Annotated:
    """uint8 RGB pixels (H, W, 3); boxes (N, 4) left, top, right, bottom; landmarks (N, 5, 2); all in pixels."""

    pixels: Picture
    boxes: Floats
    landmarks: Floats

    def with_pixels(self, pixels: Picture) -> Annotated:
        """The same faces in other pixels of the same size."""
        return Annotated(pixels, self.boxes, self.landmarks)


def no_faces() -> tuple[Floats, Floats]:
    """Boxes and landmarks of a picture without faces."""
    return np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32)


def mirrored(picture: Annotated) -> Annotated:
    """Left and right swapped."""
    width = picture.pixels.shape[1]
    boxes = picture.boxes.copy()
    boxes[:, [0, 2]] = width - picture.boxes[:, [2, 0]]
    landmarks = picture.landmarks[:, MIRRORED_LANDMARKS].copy()
    landmarks[..., 0] = width - landmarks[..., 0]
    return Annotated(np.ascontiguousarray(picture.pixels[:, ::-1]), boxes, landmarks)


def window(picture: Annotated, left: int, top: int, right: int, bottom: int) -> Annotated:
    """The part inside a rectangle that lies inside the picture; boxes may reach beyond it, as the teacher's do."""
    offset = np.asarray([left, top], np.float32)
    pixels = picture.pixels[top:bottom, left:right]
    return Annotated(pixels, picture.boxes - np.tile(offset, 2), picture.landmarks - offset)


def scaled(picture: Annotated, width: int, height: int) -> Annotated:
    """Resized, by areas when it gets smaller."""
    old_height, old_width = picture.pixels.shape[:2]
    method = cv2.INTER_AREA if width < old_width else cv2.INTER_LINEAR
    factor = np.asarray([width / old_width, height / old_height], np.float32)
    pixels = np.asarray(cv2.resize(picture.pixels, (width, height), interpolation=method), np.uint8)
    return Annotated(pixels, picture.boxes * np.tile(factor, 2), picture.landmarks * factor)


def placed(picture: Annotated, canvas: Picture, left: int, top: int) -> Annotated:
    """The picture laid on a canvas that it may overhang; the canvas is changed."""
    height, width = picture.pixels.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, canvas.shape[1]), min(top + height, canvas.shape[0])
    canvas[y0:y1, x0:x1] = picture.pixels[y0 - top : y1 - top, x0 - left : x1 - left]
    offset = np.asarray([left, top], np.float32)
    return Annotated(canvas, picture.boxes + np.tile(offset, 2), picture.landmarks + offset)


def joined(pixels: Picture, parts: list[Annotated]) -> Annotated:
    """All faces of `parts`, which are in coordinates of `pixels` already."""
    boxes, landmarks = no_faces()
    return Annotated(
        pixels,
        np.concatenate([boxes, *(part.boxes for part in parts)]),
        np.concatenate([landmarks, *(part.landmarks for part in parts)]),
    )

"""Native windows: the part of a picture around a face with its pixels as they are, executed from the model card.

Resampling would wipe out the traces that the tests of noise look for, so the network's input has the window's size. Training and
serving call these very functions.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kit.convert.tensor import Box, Picture, PixelBox, normalise
from kit.errors import InvalidRequest
from telltale.model.v1 import card_pb2

GRID_PX = 8
"""Side of a JPEG block: windows start on this grid, so that blocks lie alike in all of them."""


def window_tensor(
    picture: Picture, preprocessing: card_pb2.ImagePreprocessing, box_px: Box
) -> tuple[NDArray[np.float32], PixelBox]:
    """The input tensor, float32 (3, h, w), of the window around a face, and where it lies in the picture.

    Args:
        picture: uint8 (H, W, 3), RGB.
        preprocessing: from the model's card, with a `window`; h and w are at most its `height_px` and `width_px`.
        box_px: face box (x0, y0, x1, y1) in the picture's pixels; it may reach beyond the edges.

    Raises:
        InvalidRequest: the box has no area, or the picture is smaller than the shortest window.
        ModelInvalid: the card's mean and std are not three numbers each.
    """
    left, top, right, bottom = window_box(picture.shape, preprocessing, box_px)
    pixels = fitted(picture[top:bottom, left:right], preprocessing)
    return normalise(pixels, preprocessing), (left, top, right, bottom)


def window_box(shape: tuple[int, ...], preprocessing: card_pb2.ImagePreprocessing, box_px: Box) -> PixelBox:
    """Left, top, right, bottom of the window, inside a picture of `shape` (H, W, ...).

    Left and top lie on the 8x8 grid; both sides are multiples of the card's `multiple_px`. Raises InvalidRequest.
    """
    x0, y0, x1, y1 = box_px
    window = preprocessing.window
    side = window.scale * max(x1 - x0, y1 - y0)
    horizontal = _span((x0 + x1) / 2, side, shape[1], window.multiple_px)
    vertical = _span((y0 + y1) / 2, side, shape[0], window.multiple_px)
    if horizontal is None or vertical is None or x1 <= x0 or y1 <= y0:
        raise InvalidRequest(
            f"no window of {window.multiple_px} px or more around the face box {box_px} fits into the picture of "
            f"{shape[1]} x {shape[0]} px; send a larger picture and the box of a face in it"
        )
    return horizontal[0], vertical[0], horizontal[1], vertical[1]


def fitted(pixels: Picture, preprocessing: card_pb2.ImagePreprocessing) -> Picture:
    """A window as it is, or, when it is larger than the tensor may be, scaled down to it; sides stay multiples."""
    height, width = pixels.shape[:2]
    factor = min(preprocessing.height_px / height, preprocessing.width_px / width)
    if factor >= 1:
        return np.ascontiguousarray(pixels)
    multiple = preprocessing.window.multiple_px
    size = tuple(max(1, round(side * factor / multiple)) * multiple for side in (width, height))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _span(centre: float, side: float, size: int, multiple: int) -> tuple[int, int] | None:
    """Start and end of a window along one axis of `size` pixels; None when not even the shortest one fits."""
    last = (size - multiple) // GRID_PX * GRID_PX
    if last < 0:
        return None
    low = int(np.clip(centre - side / 2, 0, last)) // GRID_PX * GRID_PX
    wanted = max(1, round((centre + side / 2 - low) / multiple)) * multiple
    return low, low + min(wanted, (size - low) // multiple * multiple)

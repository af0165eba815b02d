"""Squares spread evenly over a picture, at its own resolution, executed from the model card (crop `NativePatches`).

Training and serving call these very functions, so that what a network learned on is what it is asked about.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kit.convert.tensor import Picture, PixelBox, normalise
from kit.errors import InvalidRequest
from telltale.model.v1 import card_pb2

_BLOCK_PX = 8


@dataclass(frozen=True, slots=True)
class PatchGrid:
    """Where the patches lie. They overlap where the picture is no multiple of their size, and leave gaps where it is large."""

    lefts_px: tuple[int, ...]
    """Left edges, one a column."""
    tops_px: tuple[int, ...]
    """Top edges, one a row."""
    width_px: int
    height_px: int

    @property
    def boxes_px(self) -> list[PixelBox]:
        """(left, top, right, bottom) of every patch, row by row."""
        return [
            (left, top, left + self.width_px, top + self.height_px) for top in self.tops_px for left in self.lefts_px
        ]

    @property
    def cover_px(self) -> PixelBox:
        """The smallest box that holds all patches."""
        return self.lefts_px[0], self.tops_px[0], self.lefts_px[-1] + self.width_px, self.tops_px[-1] + self.height_px


def patch_grid(height_px: int, width_px: int, preprocessing: card_pb2.ImagePreprocessing) -> PatchGrid:
    """The patches of a picture of this size: at most `patches.count`, and never more than it takes to cover the picture.

    Edges lie on the picture's 8x8 grid, so that a patch of a JPEG file begins with a whole block.

    Raises InvalidRequest when the picture is smaller than one patch.
    """
    tall, wide = preprocessing.height_px, preprocessing.width_px
    if height_px < tall or width_px < wide:
        raise InvalidRequest(f"a picture of {width_px} x {height_px} px holds no patch of {wide} x {tall} px")
    rows, columns = _shape(height_px / tall, width_px / wide, preprocessing.patches.count)
    return PatchGrid(_edges(width_px, wide, columns), _edges(height_px, tall, rows), wide, tall)


def patch_tensors(picture: Picture, grid: PatchGrid, preprocessing: card_pb2.ImagePreprocessing) -> NDArray[np.float32]:
    """The patches of an RGB picture, uint8 (H, W, 3), as a batch: float32 (N, 3, height_px, width_px), row by row."""
    return np.stack(
        [normalise(picture[top:bottom, left:right], preprocessing) for left, top, right, bottom in grid.boxes_px]
    )


def _shape(tall: float, wide: float, count: int) -> tuple[int, int]:
    """Rows and columns for a picture of `tall` by `wide` patches: most patches first, then the squarest spacing."""
    choices = [
        (rows, columns)
        for rows in range(1, min(count, math.ceil(tall)) + 1)
        for columns in range(1, min(count // rows, math.ceil(wide)) + 1)
    ]
    return max(choices, key=lambda choice: (choice[0] * choice[1], -abs(math.log(tall / choice[0] * choice[1] / wide))))


def _edges(size_px: int, side_px: int, count: int) -> tuple[int, ...]:
    room_px = size_px - side_px
    if count == 1:
        return (room_px // 2 // _BLOCK_PX * _BLOCK_PX,)
    return tuple(room_px * index // (count - 1) // _BLOCK_PX * _BLOCK_PX for index in range(count))

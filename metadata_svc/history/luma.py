"""Brightness as the decoder of JPEG gives it, without a change of colours or size, and its coefficients by blocks of 8x8."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from kit.errors import DecoderStopped, UndecodableMedia
from kit.media.limits import MediaLimits
from kit.media.measure import measure
from kit.media.sandbox import SandboxResult
from kit.media.values import distrusted, integer
from metadata_svc.reading.jpeg import luminance_steps

BLOCK_PX: Final = 8
MOST_PX: Final = 2048
"""Longest side of what is looked at; of a larger picture the middle is."""
LOW_FREQUENCIES: Final = ((0, 1), (1, 0), (2, 0), (1, 1), (0, 2), (0, 3), (1, 2), (2, 1), (3, 0), (4, 0), (3, 1), (2, 2),
                          (1, 3), (0, 4), (0, 5))  # fmt: skip
"""Row and column of the first 15 AC coefficients in zigzag order."""
_OUT_OF_MEMORY: Final = -4
_LEVEL: Final = np.float32(128)

Plane = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Luma:
    """Part of a picture's brightness, as stored (before any EXIF rotation), beginning on its grid of blocks.

    Attributes:
        plane: uint8 (h, w).
        steps: int (8, 8), quantisation steps of the file by row and column of the coefficient.
        left_px: column of the plane's corner in the stored picture, a multiple of 8.
        top_px: row of it.
        width_px: width of the stored picture.
        height_px: height of it.
        orientation: the EXIF rotation, 1 to 8.
    """

    plane: Plane
    steps: npt.NDArray[np.int64]
    left_px: int
    top_px: int
    width_px: int
    height_px: int
    orientation: int

    def middle(self, side_px: int) -> Luma:
        """Its middle, at most `side_px` (a multiple of 16) long each way, on the same grid."""
        height, width = self.plane.shape
        top, left = _start(height, side_px), _start(width, side_px)
        part = self.plane[top : top + side_px, left : left + side_px]
        return Luma(
            part, self.steps, self.left_px + left, self.top_px + top, self.width_px, self.height_px, self.orientation
        )


def basis() -> Floats:
    """The orthonormal DCT-II of ITU-T T.81, (8 frequencies, 8 samples)."""
    index = np.arange(BLOCK_PX)
    rows = np.cos(np.pi * (2 * index[None] + 1) * index[:, None] / 16) / 2
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, np.float32)


def coefficients(plane: Plane) -> Floats:
    """(8, rows, columns, 8): vertical frequency, block, horizontal frequency. What does not fill a block is left away."""
    rows, columns = (side // BLOCK_PX for side in plane.shape)
    blocks = plane[: rows * BLOCK_PX, : columns * BLOCK_PX].astype(np.float32) - _LEVEL
    cosines = basis()
    across = np.tensordot(cosines, blocks.reshape(rows, BLOCK_PX, columns, BLOCK_PX), (1, 1))  # (u, rows, columns, 8)
    return np.asarray(np.tensordot(across, cosines, (3, 1)), np.float32)


def read_luma(descriptor: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The middle of a JPEG's brightness. Values: as `Luma`; arrays: `plane` and `steps`.

    Raises UndecodableMedia, TooManyPixels (before decoding), DecoderStopped.
    """
    data = mmap.mmap(descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
    header = measure(data, "image/jpeg", MediaLimits())
    steps = luminance_steps(data[:])
    if steps is None:
        raise UndecodableMedia("The JPEG file names no quantisation table for its brightness. Send the original file.")
    luma = decoded(np.frombuffer(data, np.uint8), steps, header.orientation)
    places = ("left_px", "top_px", "width_px", "height_px", "orientation")
    return {name: getattr(luma, name) for name in places}, {"plane": luma.plane, "steps": luma.steps}


def decoded(data: npt.NDArray[np.uint8], steps: tuple[int, ...], orientation: int = 1) -> Luma:
    """The middle of the brightness of a JPEG stream; `steps` in zigzag order. Raises UndecodableMedia, DecoderStopped."""
    try:
        stored = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        if error.code == _OUT_OF_MEMORY:
            raise DecoderStopped(
                "Decoding the picture takes more memory than is allowed. Send a smaller one.", limit="memory"
            ) from error
        stored = None
    if stored is None or not stored.size:
        raise UndecodableMedia("No picture could be read from this JPEG: its data are damaged. Send the original file.")
    whole = Luma(np.asarray(stored, np.uint8), square(steps), 0, 0, stored.shape[1], stored.shape[0], orientation)
    part = whole.middle(MOST_PX)
    return Luma(
        np.ascontiguousarray(part.plane),
        part.steps,
        part.left_px,
        part.top_px,
        part.width_px,
        part.height_px,
        orientation,
    )


def luma_of(result: SandboxResult) -> Luma:
    """What `luma_task` answered, checked. Raises DecoderStopped where it is not what a decoder can say."""
    plane, steps = result.arrays.get("plane"), result.arrays.get("steps")
    if plane is None or plane.dtype != np.uint8 or plane.ndim != 2 or not 0 < max(plane.shape) <= MOST_PX:
        raise distrusted("the form of the brightness")
    if steps is None or steps.shape != (BLOCK_PX, BLOCK_PX) or steps.dtype != np.int64 or steps.min() < 1:
        raise distrusted("the quantisation steps")
    most = MediaLimits().max_side_px
    sizes = {name: integer(result, name, 1, most) for name in ("width_px", "height_px")}
    places = {name: integer(result, name, 0, most) for name in ("left_px", "top_px")}
    turned = integer(result, "orientation", 1, 8)
    return Luma(np.asarray(plane, np.uint8), np.asarray(steps, np.int64), orientation=turned, **sizes, **places)


def square(zigzag: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """64 numbers in zigzag order as (8, 8), row by row."""
    found = np.empty((BLOCK_PX, BLOCK_PX), np.int64)
    order = sorted(np.ndindex(BLOCK_PX, BLOCK_PX), key=_zigzag_place)
    for place, value in zip(order, zigzag, strict=True):
        found[place] = value
    return found


def _zigzag_place(place: tuple[int, ...]) -> tuple[int, int]:
    diagonal = place[0] + place[1]
    return diagonal, place[0] if diagonal % 2 else place[1]


def _start(length: int, most: int) -> int:
    return max(0, (length - most) // 2) // BLOCK_PX * BLOCK_PX

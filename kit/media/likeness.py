"""A perceptual hash: pictures that look alike have hashes that differ in few of 64 bits.

After C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), DCT variant: the brightness of the
picture at 32 x 32, its discrete cosine transform, and of the 64 lowest frequencies but the mean whether each is above their
median. It tells the coarse layout alone, and yet it is a fact about what is shown and treated as such.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np

BITS = 64
SIDE_PX = 32

Pixels: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[Any]]"

_FREQUENCIES = sorted(np.ndindex(SIDE_PX, SIDE_PX), key=lambda place: (sum(place), place))[1 : BITS + 1]
_PLACES = tuple(np.array(_FREQUENCIES).T)
_FLAT = 2.0
"""Where the brightness differs by less than this (standard deviation, of 255), the hash would be a hash of noise."""


def likeness(brightness: Pixels) -> int | None:
    """The hash of an upright picture, [0, 2**64), lowest frequency first; None for one without contrast. uint8 (H, W)."""
    small = cv2.resize(brightness, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.float32)  # (32, 32)
    if float(small.std()) < _FLAT:
        return None
    lowest = np.asarray(cv2.dct(small))[_PLACES]  # (64,)
    return int("".join("1" if above else "0" for above in lowest > np.median(lowest)), 2)

"""What every format's header tells."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import TypeAlias

Data: TypeAlias = "bytes | mmap.mmap"


@dataclass(frozen=True)
class PictureHeader:
    """What a file says of itself before it is decoded.

    Attributes:
        width_px: as stored, before any rotation.
        height_px: as stored, before any rotation.
        bit_depth: bits of one sample.
        frame_count: pictures in the file, counted up to the limit given.
        orientation: 1 to 8 as in EXIF (JEITA CP-3451, tag 0x0112); 1 means upright.
        complete: False where the file ends before the picture does.
    """

    width_px: int
    height_px: int
    bit_depth: int = 8
    frame_count: int = 1
    orientation: int = 1
    complete: bool = True

    @property
    def is_transposed(self) -> bool:
        """Whether the rotation swaps width and height."""
        return self.orientation >= 5

"""What a face is, and the seam behind which face finders live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from telltale.common.v1 import evidence_pb2

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face in pixels of the picture it was found in; parts may lie outside the picture."""

    box_px: tuple[float, float, float, float]
    """Left, top, right, bottom."""
    landmarks_px: Floats
    """(5, 2) x and y: eye at the left of the picture, eye at its right, nose tip, mouth corner at its left, at its right."""
    probability: float
    """The finder's probability that this is a face, [0, 1]."""

    @property
    def width_px(self) -> float:
        """Width of the box."""
        return self.box_px[2] - self.box_px[0]

    @property
    def height_px(self) -> float:
        """Height of the box."""
        return self.box_px[3] - self.box_px[1]

    @property
    def longer_side_px(self) -> float:
        """The longer side of the box, which sizes of crops are measured by."""
        return max(self.width_px, self.height_px)


class FaceFinder(Protocol):
    """Finds the faces of one picture; safe to call from several threads."""

    @property
    def model(self) -> evidence_pb2.ModelReference:
        """The model behind the finder."""
        ...

    def find(self, picture: Picture) -> list[Face]:
        """The faces of an (H, W, 3) RGB picture, largest first."""
        ...


class VideoFaceFinder(FaceFinder, Protocol):
    """One that can also be quick about it."""

    def quick(self) -> FaceFinder:
        """The same finder at a single, small look, which may miss small faces."""
        ...

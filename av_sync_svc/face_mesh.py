"""The shape of a face: 468 points of its surface, and the same in the head's own axes, where only what is mobile moves.

The network is that of Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs" (CVPR workshops
2019). It takes one face that nearly fills an upright square.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from kit.models.card import LoadedModel
from kit.models.runtime import Session

Floats = npt.NDArray[np.float32]

SIDE_PX: Final = 192
"""Side of the square that the network takes."""
FACE_SCALE: Final = 1.5
"""Side of the square, as a multiple of the longer side of the face box."""
POINTS: Final = 468

_BATCH: Final = 8
# Numbers of points in the published mesh. "First" is the eye at the left of the picture.
_FIRST_EYE: Final = (33, 133, 159, 145)
_SECOND_EYE: Final = (362, 263, 386, 374)
_EYE_CORNERS: Final = (33, 263)
_FOREHEAD: Final = (10, 151, 9)
_NOSE: Final = (197, 195, 5)
_ORIGIN: Final = (168, 6, 197, 195, 33, 263, 133, 362)


class FaceMesh:
    """The points of faces. Thread-safe."""

    def __init__(self, session: Session, model: LoadedModel) -> None:
        self.model = model
        self._session = session

    def points(self, pixels: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """Points (T, 468, 3), x and y in pixels and z in about the same unit, and the logits (T,) that there is a face at all.

        `pixels` (T, 192, 192, 3) are RGB squares around faces.
        """
        batches = [self._look(pixels[first : first + _BATCH]) for first in range(0, len(pixels), _BATCH)]
        if not batches:
            return np.zeros((0, POINTS, 3), np.float32), np.zeros(0, np.float32)
        points, presence = zip(*batches, strict=True)
        return np.concatenate(points), np.concatenate(presence)

    def _look(self, pixels: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
        planes = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), dtype=np.float32) / np.float32(255)
        found = self._session.run({"face": planes})
        return found["points"].reshape(-1, POINTS, 3), found["presence"].ravel()


def in_head_axes(points: Floats) -> Floats:
    """Points (T, 468, 3) as the head has them: its turns, its place and its size are taken out.

    x runs from one eye to the other, y from the forehead down, z away from the viewer; the unit is the distance between the
    outer corners of the eyes.
    """
    across = _unit(_mean(points, _SECOND_EYE) - _mean(points, _FIRST_EYE))
    down = _mean(points, _NOSE) - _mean(points, _FOREHEAD)
    down = _unit(down - (down * across).sum(axis=-1, keepdims=True) * across)
    axes = np.stack([across, down, np.cross(across, down)], axis=-1)  # (T, 3, 3)
    first, second = _EYE_CORNERS
    size = np.linalg.norm(points[:, second] - points[:, first], axis=-1)
    turned = np.einsum("tpc,tcd->tpd", points - _mean(points, _ORIGIN)[:, None], axes)
    return np.asarray(turned / np.maximum(size, 1e-6)[:, None, None], dtype=np.float32)


def _mean(points: Floats, which: tuple[int, ...]) -> Floats:
    return np.asarray(points[:, list(which)].mean(axis=1), dtype=np.float32)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), dtype=np.float32)

"""A real clip as what fakes are made from: its pictures and where one face is in each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kit.vision.paths import FacePath

Frames = NDArray[np.uint8]
Floats = NDArray[np.float64]

TEMPLATE = np.array([[38.3, 51.7], [73.5, 51.5], [56.0, 71.7], [41.5, 92.4], [70.7, 92.2]]) / 112
"""(5, 2) eyes, nose tip, mouth corners of a face that looks straight ahead, in a unit square (Deng et al., ArcFace, 2019)."""


@dataclass(frozen=True, eq=False)
class Footage:
    """Consecutive pictures of one clip with one face."""

    clip: str
    """Its file in the manifest."""
    source: str
    pixels: Frames
    """(T, H, W, 3) RGB."""
    landmarks: Floats
    """(T, 5, 2) in pixels, smoothed."""
    boxes: Floats
    """(T, 4) left, top, right, bottom in pixels, smoothed."""
    rate_fps: float

    @property
    def frames(self) -> int:
        """T."""
        return len(self.pixels)

    def path(self, times_s: Floats, scale: float) -> FacePath:
        """Where the face is in a copy whose sides are `scale` times as long; `times_s` (T,) of the pictures."""
        boxes, landmarks = (scale * values for values in (self.boxes, self.landmarks))
        return FacePath(0, times_s, boxes.astype(np.float32), landmarks.astype(np.float32))

    def surroundings(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the part of the picture in which the face moves, with as much again around it."""
        low, high = self.landmarks.min(axis=(0, 1)), self.landmarks.max(axis=(0, 1))
        reach = 1.2 * float(np.ptp(self.landmarks, axis=1).max())
        height, width = self.pixels.shape[1:3]
        left, top = (int(max(0, value - reach)) for value in low)
        right, bottom = (int(min(size, value + reach)) for value, size in zip(high, (width, height), strict=True))
        return left, top, right, bottom

    def cut(self, box: tuple[int, int, int, int]) -> Footage:
        """The part of the pictures inside left, top, right, bottom."""
        left, top, right, bottom = box
        return replace(
            self,
            pixels=self.pixels[:, top:bottom, left:right],
            landmarks=self.landmarks - (left, top),
            boxes=self.boxes - (left, top, left, top),
        )


def similarity(source: Floats, target: Floats) -> Floats:
    """(2, 3) rotation, scale and shift that lay points (N, 2) upon others with the least squared error (Umeyama 1991)."""
    mean_from, mean_to = source.mean(axis=0), target.mean(axis=0)
    centred, wanted = source - mean_from, target - mean_to
    left, stretch, right = np.linalg.svd(wanted.T @ centred / len(source))
    sign = np.diag([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right))])
    turn = left @ sign @ right
    scale = float((stretch * np.diag(sign)).sum() / max(centred.var(axis=0).sum(), 1e-9))
    return np.hstack([scale * turn, (mean_to - scale * turn @ mean_from)[:, None]])


def placed(points: Floats, transform: Floats) -> Floats:
    """Points (N, 2) after a (2, 3) transform."""
    return np.asarray(points @ transform[:, :2].T + transform[:, 2])

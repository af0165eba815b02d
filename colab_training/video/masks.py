"""Where a made fake replaces the face: soft masks that follow the landmarks and waver over time."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from colab_training.video.footage import TEMPLATE, Floats, placed, similarity

OUTLINES: Mapping[str, tuple[tuple[float, float], ...]] = {
    "face": (
        (0.2, 0.28),
        (0.5, 0.18),
        (0.8, 0.28),
        (0.86, 0.55),
        (0.78, 0.86),
        (0.5, 1.02),
        (0.22, 0.86),
        (0.14, 0.55),
    ),
    "inner": (
        (0.24, 0.36),
        (0.5, 0.33),
        (0.76, 0.36),
        (0.78, 0.62),
        (0.7, 0.88),
        (0.5, 0.94),
        (0.3, 0.88),
        (0.22, 0.62),
    ),
    "lower": ((0.2, 0.62), (0.5, 0.58), (0.8, 0.62), (0.76, 0.88), (0.62, 1.0), (0.5, 1.03), (0.38, 1.0), (0.24, 0.88)),
    "eyes": (
        (0.18, 0.36),
        (0.5, 0.36),
        (0.82, 0.36),
        (0.84, 0.5),
        (0.66, 0.58),
        (0.5, 0.56),
        (0.34, 0.58),
        (0.16, 0.5),
    ),
}
"""Outlines in the unit square of `TEMPLATE`."""


def soft_mask(landmarks: Floats, outline: Floats, shape: tuple[int, int], softness: float) -> NDArray[np.float32]:
    """(H, W) in [0, 1]: an outline (N, 2) of the unit square laid upon a face.

    `softness` is the standard deviation of its edge as a share of the face's width.
    """
    points = placed(outline, similarity(TEMPLATE, landmarks))
    mask = np.zeros(shape, np.float32)
    cv2.fillPoly(mask, [np.rint(points * 8).astype(np.int32)], 1.0, shift=3, lineType=cv2.LINE_AA)
    sigma = max(0.6, softness * float(np.ptp(points[:, 0])))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.float32)

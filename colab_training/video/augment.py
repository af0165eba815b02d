"""What both classes go through before a network sees a clip: the same thing in all its pictures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]


def degraded(rng: np.random.Generator, pixels: Pictures) -> Pictures:
    """(T, S, S, 3) reduced and enlarged again, blurred, recoloured and noisy at random; nothing moves."""
    lowest = rng.uniform(0.35, 1.0) if rng.random() < 0.6 else 1.0
    sigma = rng.uniform(0.4, 1.2) if rng.random() < 0.25 else 0.0
    pictures = np.stack([_fitted(picture, float(lowest), float(sigma)) for picture in pixels])
    return _recoloured(rng, pictures)


def _fitted(picture: Pictures, lowest: float, sigma: float) -> Pictures:
    side_px = picture.shape[0]
    picture = np.ascontiguousarray(picture)
    if lowest < 1:
        small = max(8, round(side_px * lowest))
        picture = np.asarray(cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA), np.uint8)
        picture = np.asarray(cv2.resize(picture, (side_px, side_px), interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8) if sigma else picture


def _recoloured(rng: np.random.Generator, pictures: Pictures) -> Pictures:
    gain, shift = rng.uniform(0.8, 1.2) * rng.uniform(0.94, 1.06, 3), rng.uniform(-16, 16)
    values = (pictures.astype(np.float32) - 128) * gain.astype(np.float32) + np.float32(128 + shift)
    if rng.random() < 0.3:
        values += rng.normal(0, rng.uniform(1, 5), values.shape).astype(np.float32)
    return np.clip(values, 0, 255).astype(np.uint8)

"""What both classes go through before a network sees a clip: the same thing in all its pictures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kit.vision.clips import CLIP_SCALE

Pictures = NDArray[np.uint8]


def augmented(rng: np.random.Generator, pixels: Pictures, face_scale: float, side_px: int) -> Pictures:
    """(T, side, side, 3) from a clip's pictures (T, S, S, 3): moved, mirrored, run backwards, blurred, noisy, recoloured."""
    whole_px = pixels.shape[1]
    middle_px = round(whole_px * min(1.0, face_scale / CLIP_SCALE * rng.uniform(0.88, 1.12)))
    room = whole_px - middle_px
    left, top = (int(np.clip(round(room / 2 + rng.normal(0, 0.03) * whole_px), 0, room)) for _ in range(2))
    cut = pixels[:, top : top + middle_px, left : left + middle_px]
    if rng.random() < 0.5:
        cut = cut[:, :, ::-1]
    if rng.random() < 0.3:
        cut = cut[::-1]
    lowest = rng.uniform(0.35, 1.0) if rng.random() < 0.6 else 1.0
    sigma = rng.uniform(0.4, 1.2) if rng.random() < 0.25 else 0.0
    pictures = np.stack([_fitted(picture, side_px, float(lowest), float(sigma)) for picture in cut])
    return _recoloured(rng, pictures)


def _fitted(picture: Pictures, side_px: int, lowest: float, sigma: float) -> Pictures:
    picture = np.ascontiguousarray(picture)
    if lowest < 1:
        small = max(8, round(picture.shape[0] * lowest))
        picture = np.asarray(cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA), np.uint8)
    growing = picture.shape[0] < side_px
    picture = np.asarray(
        cv2.resize(picture, (side_px, side_px), interpolation=cv2.INTER_LINEAR if growing else cv2.INTER_AREA), np.uint8
    )
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8) if sigma else picture


def _recoloured(rng: np.random.Generator, pictures: Pictures) -> Pictures:
    gain, shift = rng.uniform(0.8, 1.2) * rng.uniform(0.94, 1.06, 3), rng.uniform(-16, 16)
    values = (pictures.astype(np.float32) - 128) * gain.astype(np.float32) + np.float32(128 + shift)
    if rng.random() < 0.3:
        values += rng.normal(0, rng.uniform(1, 5), values.shape).astype(np.float32)
    return np.clip(values, 0, 255).astype(np.uint8)

"""What happens to photos on their way: light, grey, blur, loss of resolution, noise, JPEG. Nothing that moves a pixel."""

from __future__ import annotations

import cv2
import numpy as np

from colab_training.equalise import relight
from kit.convert.tensor import Picture


def degraded(picture: Picture, rng: np.random.Generator) -> Picture:
    """A randomly degraded copy of a uint8 (H, W, 3) picture, of the same size."""
    if rng.random() < 0.5:
        picture = relight(picture, rng, 1.3)
    if rng.random() < 0.12:
        picture = _grey(picture)
    if rng.random() < 0.15:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 1.6))), np.uint8)
    if rng.random() < 0.15:
        picture = _coarser(picture, float(rng.uniform(0.4, 0.8)))
    if rng.random() < 0.25:
        picture = _noisy(picture, float(rng.uniform(2.0, 14.0)), rng)
    if rng.random() < 0.6:
        picture = _compressed(picture, int(rng.integers(30, 96)))
    return picture


def _grey(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)


def _coarser(picture: Picture, factor: float) -> Picture:
    height, width = picture.shape[:2]
    small = cv2.resize(
        picture, (max(4, round(width * factor)), max(4, round(height * factor))), interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _noisy(picture: Picture, sigma: float, rng: np.random.Generator) -> Picture:
    noise = rng.standard_normal(picture.shape, dtype=np.float32) * np.float32(sigma)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _compressed(picture: Picture, quality: int) -> Picture:
    _, encoded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1], np.uint8)

"""One random pipeline for every training picture of both classes.

Real and fake pictures of public data sets differ in size, sharpness, compression and format. What every picture goes through
alike cannot tell the classes apart: mirroring, light and colour, resizing, blur, noise, and JPEG at quality 40-95 with a
random chroma subsampling.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from kit.convert.tensor import Picture

_SUBSAMPLINGS = (
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
)
_FILTERS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)


@dataclass(frozen=True)
class Equalisation:
    """How strong the pipeline is. Ranges are uniform; shares are probabilities."""

    light_share: float = 0.6
    resize_share: float = 0.7
    min_side_px: int = 80
    max_side_px: int = 260
    blur_share: float = 0.2
    noise_share: float = 0.25
    jpeg_share: float = 0.85
    min_quality: int = 40
    max_quality: int = 95
    erase_share: float = 0.0


def equalise(picture: Picture, how: Equalisation, rng: np.random.Generator) -> Picture:
    """A randomly degraded copy of a face crop, uint8 (H, W, 3); height and width may change."""
    if rng.random() < 0.5:
        picture = np.ascontiguousarray(picture[:, ::-1])
    return degrade(picture, how, rng)


def degrade(picture: Picture, how: Equalisation, rng: np.random.Generator) -> Picture:
    """The same without mirroring."""
    if rng.random() < how.light_share:
        picture = relight(picture, rng, 1.0)
    if rng.random() < how.resize_share:
        picture = _resized(picture, int(rng.integers(how.min_side_px, how.max_side_px + 1)), rng)
    if rng.random() < how.blur_share:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 1.4))), np.uint8)
    if rng.random() < how.noise_share:
        picture = _noisy(picture, float(rng.uniform(1.0, 6.0)), rng)
    if rng.random() < how.jpeg_share:
        picture = _compressed(picture, int(rng.integers(how.min_quality, how.max_quality + 1)), rng)
    if rng.random() < how.erase_share:
        picture = _erased(picture, rng)
    return picture


def relight(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Random gamma, contrast, brightness and colour cast; `strength` 1 is what a careless photographer does."""
    gain = 1.0 + strength * rng.uniform(-0.15, 0.15) + strength * rng.uniform(-0.06, 0.06, 3)
    shift = strength * rng.uniform(-0.06, 0.06)
    gamma = float(np.exp(strength * rng.uniform(-0.35, 0.35)))
    levels = np.linspace(0.0, 1.0, 256)[:, None] ** gamma * gain + shift  # (256, 3)
    table = np.clip(levels * 255.0 + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, table[None]), np.uint8)


def _resized(picture: Picture, longer_px: int, rng: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    factor = longer_px / max(height, width)
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=_FILTERS[int(rng.integers(3))]), np.uint8)


def _noisy(picture: Picture, sigma: float, rng: np.random.Generator) -> Picture:
    noise = rng.standard_normal(picture.shape, dtype=np.float32) * np.float32(sigma)
    return np.clip(picture + noise + 0.5, 0, 255).astype(np.uint8)


def _erased(picture: Picture, rng: np.random.Generator) -> Picture:
    # Random erasing (Zhong et al., AAAI 2020): no single part of a face may be all that the network relies on.
    height, width = picture.shape[:2]
    tall, wide = (max(1, round(side * rng.uniform(0.15, 0.5))) for side in (height, width))
    top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
    erased = picture.copy()
    erased[top : top + tall, left : left + wide] = rng.integers(0, 256, 3)
    return erased


def _compressed(picture: Picture, quality: int, rng: np.random.Generator) -> Picture:
    sampling = _SUBSAMPLINGS[int(rng.integers(len(_SUBSAMPLINGS)))]
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    _, encoded = cv2.imencode(".jpg", picture[..., ::-1], flags)
    return np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1], np.uint8)

"""Splices with the mask of what was pasted, and untouched pictures that went through exactly the same chain.

Host and donor have histories of their own: compressed before or not, on whichever grid, resized, noised or blurred as a whole. An
untouched picture is made like a splice up to the paste, so that nothing but the paste tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from colab_training.jpeg_originals import Original, compressed, fresh, opened
from kit.convert.tensor import Picture

Mask = NDArray[np.float32]

_MARGIN_PX = 8
_QUALITIES = (75, 99)
_FIRST_QUALITIES = (50, 98)


@dataclass(frozen=True)
class Made:
    """A file, and as float32 (H, W) in [0, 1] how much of each pixel was pasted."""

    data: bytes
    mask: Mask
    quality: int
    host_quality: int
    """Quality of the host's first compression; 0 where it had none."""


def make(host: Original, donor: Original | None, side_px: int, rng: np.random.Generator) -> Made:
    """A splice of two files, or the host untouched when there is no donor."""
    picture, host_quality = aged(fresh(host, side_px + _MARGIN_PX, rng), side_px, rng)
    mask = np.zeros((side_px, side_px), np.float32)
    if donor is not None:
        other, _ = aged(fresh(donor, side_px + _MARGIN_PX, rng), side_px, rng)
        mask = softened(random_mask(side_px, rng), rng)
        mixed = picture + mask[..., None] * (other.astype(np.float32) - picture)
        picture = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    quality = int(rng.integers(*_QUALITIES))
    return Made(compressed(picture, quality, subsampled=rng.random() < 0.5), mask, quality, host_quality)


def aged(picture: Picture, side_px: int, rng: np.random.Generator) -> tuple[Picture, int]:
    """A square part of the picture after a random history, and its quality (0: none). The picture has 8 px more each way."""
    way, quality = rng.random(), 0
    if way < 0.3:
        picture = _sensed(picture, rng)
    if rng.random() < 0.7:
        quality = int(rng.integers(*_FIRST_QUALITIES))
        picture = opened(compressed(picture, quality, subsampled=rng.random() < 0.5))
    if 0.3 <= way < 0.5:
        picture = _resampled(picture, rng)
    left, top = (0, 0) if rng.random() < 0.5 else rng.integers(0, _MARGIN_PX, 2)
    return np.ascontiguousarray(picture[top : top + side_px, left : left + side_px]), quality


def random_mask(side_px: int, rng: np.random.Generator) -> Mask:
    """1 inside a wobbly shape: upright like a face, or any, that covers 2% to 30% of the picture."""
    area = side_px**2 * float(np.exp(rng.uniform(np.log(0.02), np.log(0.3))))
    stretch = float(rng.uniform(1.15, 1.5) if rng.random() < 0.5 else np.exp(rng.uniform(-0.9, 0.9)))
    half_width = np.sqrt(area / np.pi / stretch)
    angles = np.linspace(0.0, 2 * np.pi, 40, endpoint=False)
    wobble = 1 + 0.12 * np.sin(2 * angles + rng.uniform(0, 6.3)) + rng.normal(0, 0.05, angles.size)
    centre = rng.uniform(0.2, 0.8, 2) * side_px
    ring = np.stack([np.cos(angles) * half_width * wobble, np.sin(angles) * half_width * stretch * wobble], axis=1)
    mask = np.zeros((side_px, side_px), np.float32)
    cv2.fillPoly(mask, [np.round(centre + ring).astype(np.int32)], 1.0)
    return mask


def softened(mask: Mask, rng: np.random.Generator) -> Mask:
    """The mask with an edge of up to about 4 px."""
    width = float(rng.uniform(0.3, 2.0))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), width), np.float32)


def _sensed(picture: Picture, rng: np.random.Generator) -> Picture:
    """Another camera: more noise, or none and less sharpness."""
    if rng.random() < 0.5:
        noisy = picture + rng.normal(0, rng.uniform(1, 6), (*picture.shape[:2], 1))
        return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 1.0))), np.uint8)


def _resampled(picture: Picture, rng: np.random.Generator) -> Picture:
    """The middle of the picture at another size, as large as the picture."""
    side_px, factor = picture.shape[0], float(rng.uniform(1.05, 1.6))
    part = round(side_px / factor)
    at = (side_px - part) // 2
    how = (cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(rng.integers(2))]
    return np.asarray(
        cv2.resize(picture[at : at + part, at : at + part], (side_px, side_px), interpolation=how), np.uint8
    )

"""What people and programs do to real pictures every day, so that it is not taken for a generator's work."""

from __future__ import annotations

import cv2
import numpy as np

from kit.convert.tensor import Picture

_DOWN = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
_UP = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)


def processed(picture: Picture, rng: np.random.Generator) -> Picture:
    """A copy of an RGB picture, uint8 (H, W, 3) like it, after one or two ordinary steps."""
    for step in rng.choice(len(_STEPS), int(rng.integers(1, 3)), replace=False):
        picture = _STEPS[int(step)](picture, rng)
    return picture


def resampled(picture: Picture, rng: np.random.Generator) -> Picture:
    """Made smaller and larger again, or the reverse, by filters of any kind; often by exactly two."""
    height, width = picture.shape[:2]
    factor = float(rng.choice([0.5, rng.uniform(0.4, 0.95), rng.uniform(1.1, 2.0)]))
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    there, back = (_DOWN, _UP) if factor < 1 else (_UP, _DOWN)
    between = cv2.resize(picture, size, interpolation=there[int(rng.integers(len(there)))])
    return np.asarray(cv2.resize(between, (width, height), interpolation=back[int(rng.integers(len(back)))]), np.uint8)


def sharpened(picture: Picture, rng: np.random.Generator) -> Picture:
    """Unsharp masking."""
    blurred = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.6, 2.0)))
    amount = float(rng.uniform(0.3, 1.5))
    return np.asarray(cv2.addWeighted(picture, 1 + amount, blurred, -amount, 0), np.uint8)


def denoised(picture: Picture, rng: np.random.Generator) -> Picture:
    """A median, a bilateral or a Gaussian filter, as noise suppression in cameras does it."""
    which = int(rng.integers(3))
    if which == 0:
        return np.asarray(cv2.medianBlur(picture, 3), np.uint8)
    if which == 1:
        return np.asarray(cv2.bilateralFilter(picture, 5, float(rng.uniform(10, 40)), 3), np.uint8)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 1.2))), np.uint8)


_STEPS = (resampled, sharpened, denoised)

"""Pictures without faces: parts of ordinary photos, textures made here, and portraits blurred until no face is left."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from kit.convert.tensor import Picture

Painter = Callable[[np.random.Generator, int, int], Picture]


def part_of(photo: Picture, rng: np.random.Generator, width: int, height: int) -> Picture:
    """A random part of a photo, mirrored or not, resized to (height, width, 3)."""
    share = float(rng.uniform(0.35, 1.0))
    tall, wide = (max(8, round(side * share)) for side in photo.shape[:2])
    top, left = int(rng.integers(photo.shape[0] - tall + 1)), int(rng.integers(photo.shape[1] - wide + 1))
    part = photo[top : top + tall, left : left + wide]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    return np.asarray(cv2.resize(np.ascontiguousarray(part), (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def faceless(portrait: Picture, rng: np.random.Generator, width: int, height: int) -> Picture:
    """A portrait blurred so far that its colours and its light are left, and no feature."""
    tiny = cv2.resize(portrait, (int(rng.integers(2, 5)),) * 2, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(tiny, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def painted(rng: np.random.Generator, width: int, height: int) -> Picture:
    """A texture made here: a gradient, clouds of noise, or stripes and checks."""
    painters: tuple[Painter, ...] = (_gradient, _clouds, _checks)
    return painters[int(rng.integers(len(painters)))](rng, width, height)


def _gradient(rng: np.random.Generator, width: int, height: int) -> Picture:
    corners = rng.integers(0, 256, (2, 2, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _clouds(rng: np.random.Generator, width: int, height: int) -> Picture:
    colour = rng.uniform(40, 215, 3).astype(np.float32)
    total = np.zeros((height, width, 3), np.float32)
    for cells in (3, 7, 15, 31, 63):
        field = rng.standard_normal((cells, cells, 3), dtype=np.float32) * np.float32(rng.uniform(5, 40))
        total += cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(total + colour, 0, 255).astype(np.uint8)


def _checks(rng: np.random.Generator, width: int, height: int) -> Picture:
    period, angle = float(rng.uniform(4, 60)), float(rng.uniform(0, np.pi))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    wave = np.sin(along * 2 * np.pi / period)
    if rng.random() < 0.5:
        wave = wave * np.sin(across * 2 * np.pi / (period * float(rng.uniform(0.5, 2))))
    share = ((np.sign(wave) if rng.random() < 0.5 else wave)[..., None] + 1) / 2
    one, other = rng.uniform(0, 255, (2, 3))
    return np.clip(share * one + (1 - share) * other, 0, 255).astype(np.uint8)

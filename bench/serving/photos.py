"""The photos that are sent: as many different ones as asked for, made from samples/ by a fixed seed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.serving.work import Picture

SIZES_PX = ((640, 480), (800, 600), (1024, 768), (1280, 960))
"""Width and height; they take turns."""

_QUALITY = (80, 92)
_PARTS = (0.7, 1.0)


def photos(samples: Path, count: int, seed: int = 1) -> list[bytes]:
    """JPEG files, each another part of a sample in another light. Raises FileNotFoundError where there are no samples."""
    sources = [cv2.imread(str(path)) for path in sorted(samples.glob("*.jpg"))]
    if not sources:
        raise FileNotFoundError(f"no *.jpg in {samples}; run this in the repository's root")
    return list(_photos(sources, count, np.random.default_rng(seed)))


def _photos(sources: list[Picture], count: int, chance: np.random.Generator) -> Iterator[bytes]:
    for number in range(count):
        part = _part(sources[number % len(sources)], chance)
        large = cv2.resize(part, SIZES_PX[number % len(SIZES_PX)], interpolation=cv2.INTER_CUBIC)
        lit = cv2.convertScaleAbs(large, alpha=chance.uniform(0.8, 1.2), beta=chance.uniform(-15, 15))
        # The noise of a camera: enlarged samples alone would be smoother, and smaller, than photos of this size.
        noisy = np.clip(lit + chance.normal(0, 3, lit.shape), 0, 255).astype(np.uint8)
        quality = int(chance.integers(*_QUALITY))
        yield cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _part(picture: Picture, chance: np.random.Generator) -> Picture:
    share = chance.uniform(*_PARTS)
    sides = picture.shape[:2]
    height, width = (int(side * share) for side in sides)
    top, left = (int(chance.integers(0, whole - own + 1)) for whole, own in zip(sides, (height, width), strict=True))
    return picture[top : top + height, left : left + width]

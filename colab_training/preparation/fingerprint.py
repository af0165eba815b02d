"""Which pictures are one picture: a difference hash that survives re-encoding, confirmed by a thumbnail.

The hash (after N. Krawetz, "Kind of like that", 2013) says where brightness rises from left to right on a 16 x 16 grid. On its
own it takes two portraits before a white wall for one; that thumbnails must correlate as well rules those out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from colab_training.preparation.settings import DuplicateSettings

_GRID = 16
_THUMBNAIL_PX = 32
_BLOCK = 512


@dataclass(frozen=True)
class Fingerprint:
    """Hash of +1 and -1 (256,), and thumbnail (1024,) with mean 0 and length 1 (0 for a picture of one colour)."""

    signs: NDArray[np.float32]
    thumbnail: NDArray[np.float32]


def fingerprint(luminance: NDArray[np.uint8]) -> Fingerprint:
    """Of a grey picture (H, W)."""
    steps = np.asarray(cv2.resize(luminance, (_GRID + 1, _GRID), interpolation=cv2.INTER_AREA), np.int16)
    small = np.asarray(cv2.resize(luminance, (_THUMBNAIL_PX, _THUMBNAIL_PX), interpolation=cv2.INTER_AREA), np.float32)
    centred = (small - small.mean()).ravel()
    length = float(np.linalg.norm(centred))
    signs = np.where(steps[:, 1:] > steps[:, :-1], 1, -1).ravel()
    return Fingerprint(signs.astype(np.float32), centred / max(length, 1e-6))


def near_pairs(prints: Sequence[Fingerprint], how: DuplicateSettings) -> list[tuple[int, int]]:
    """Positions (first, second), first < second, of all pairs that count as one picture."""
    if not prints:
        return []
    signs = np.stack([each.signs for each in prints])  # (N, 256)
    thumbnails = np.stack([each.thumbnail for each in prints])  # (N, 1024)
    return [pair for start in range(0, len(prints), _BLOCK) for pair in _pairs(signs, thumbnails, start, how)]


def _pairs(
    signs: NDArray[np.float32], thumbnails: NDArray[np.float32], start: int, how: DuplicateSettings
) -> Iterator[tuple[int, int]]:
    bits = signs.shape[1]
    agreement = signs[start : start + _BLOCK] @ signs.T  # (block, N): bits that agree less those that do not
    for row, second in zip(*np.nonzero(agreement >= bits - 2 * how.most_bits), strict=True):
        first = start + int(row)
        if first < second and float(thumbnails[first] @ thumbnails[second]) >= how.least_correlation:
            yield first, int(second)

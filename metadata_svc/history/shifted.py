"""Compressed before on another grid of blocks, as after cropping: where else do coefficients keep to multiples of a step?

At the place of the old grid, coefficients gather around multiples of the old steps. How much, is the real part of their
characteristic function at that period; all 64 places are looked at, and those that have no history tell what is usual for this
picture (after Bianchi and Piva, "Detection of nonaligned double JPEG compression based on integer periodicity maps", TIFS 2012).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from metadata_svc.history.aligned import QUALITIES, first_tables
from metadata_svc.history.luma import BLOCK_PX, Floats, Luma, basis, coefficients

MOST_PX: Final = 640
"""Longest side of the middle that is searched."""
_FREQUENCIES: Final = ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2))
_PLACES: Final = BLOCK_PX * BLOCK_PX
_OFF_BOTH: Final = np.asarray([place for place in range(_PLACES) if place // BLOCK_PX and place % BLOCK_PX])
_ON_ONE: Final = np.asarray([place for place in range(1, _PLACES) if not (place // BLOCK_PX and place % BLOCK_PX)])
_SPREAD_OF_UNIFORM: Final = 1 / 12

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shifted:
    """What one picture says about a first compression on another grid.

    Attributes:
        off_both: strongest gathering, in standard deviations of what is usual, at places off the own grid both ways.
        on_one: the same at places that share rows or columns with the own grid; flat pictures have much there by themselves.
        quality: first quality that fits best.
        x_px: column of the older grid's corner, [0, 7].
        y_px: row of it.
    """

    off_both: float
    on_one: float
    quality: int
    x_px: int
    y_px: int


def measure_shifted(luma: Luma) -> Shifted:
    """What the middle of a picture of at least 24 by 24 pixels says."""
    part = luma.middle(MOST_PX)
    gathering = _gathering(part)  # (places, qualities)
    both, one = gathering[_OFF_BOTH], gathering[_ON_ONE]
    # Half for places on the own rows or columns: the second compression gathers coefficients there as well.
    places, best = (_OFF_BOTH, both) if both.max() >= one.max() / 2 else (_ON_ONE, one)
    row, quality = np.unravel_index(int(best.argmax()), best.shape)
    place = int(places[row])
    return Shifted(float(both.max()), float(one.max()), QUALITIES[quality], place % BLOCK_PX, place // BLOCK_PX)


def block_gathering(luma: Luma, found: Shifted) -> Doubles:
    """(rows, columns): how much the coefficients of each block of the older grid keep to multiples of the first steps.

    Blocks of the older grid are filed under the block of the own grid in which they begin; the last ones repeat.
    """
    rows, columns = (side // BLOCK_PX for side in luma.plane.shape)
    older = coefficients(luma.plane[found.y_px :, found.x_px :])
    table = first_tables()[QUALITIES.index(found.quality)]
    total: Doubles = np.zeros_like(older[0, :, :, 0], np.float64)
    power = 1e-9
    for u, v in _FREQUENCIES:
        step = int(table[u, v])
        weight = float(np.exp(-2 * np.pi**2 * _noise(luma, u, v) / step**2)) if step > 1 else 0.0
        values = older[u, :, :, v]
        total += weight * _wave(values, step, keep_zero=not (u or v))
        power += weight**2
    missing = ((0, rows - total.shape[0]), (0, columns - total.shape[1]))
    return np.asarray(np.pad(total / np.sqrt(power), missing, mode="edge"))


def _wave(values: npt.NDArray[np.floating], steps: Doubles | int, *, keep_zero: bool) -> Doubles:
    """1 at multiples of the step, -1 in between; 0 around zero unless that is kept."""
    return np.asarray(np.cos(2 * np.pi * values / steps) * (keep_zero | (np.abs(values) > np.asarray(steps) / 2)))


def _gathering(luma: Luma) -> Doubles:
    levels = luma.plane.astype(np.float32) - 128
    total, power = np.zeros((_PLACES, len(QUALITIES))), np.full(len(QUALITIES), 1e-9)
    for (u, v), periods, which in _periods():
        unusual = _unusual(_place_histograms(levels, u, v), periods, keep_zero=not (u or v))
        loss = np.exp(-2 * np.pi**2 * _noise(luma, u, v) / np.asarray(periods, np.float64) ** 2)
        weights = np.where(which < 0, 0.0, loss[which])  # a step of 1 leaves nothing to find
        total += weights * unusual[:, which]
        power += weights**2
    return np.asarray(total / np.sqrt(power))


def _noise(luma: Luma, u: int, v: int) -> float:
    """Variance that the second quantisation adds to a coefficient off its grid: half its own, half its neighbours'."""
    own, near = float(luma.steps[u, v]), luma.steps[:4, :4].astype(np.float64)
    return _SPREAD_OF_UNIFORM * (own**2 + float(np.mean(near**2))) / 2


def _place_histograms(levels: Floats, u: int, v: int) -> npt.NDArray[np.int64]:
    """(places, sizes): how often a coefficient, rounded, has each value, by where its block begins modulo 8."""
    cosines = basis()
    found = cv2.sepFilter2D(levels, cv2.CV_32F, cosines[v], cosines[u], anchor=(0, 0), borderType=cv2.BORDER_REFLECT)
    height, width = ((side - BLOCK_PX + 1) // BLOCK_PX * BLOCK_PX for side in levels.shape)
    reach = _reach(u, v)
    sizes = np.clip(np.rint(found[:height, :width]), -reach, reach).astype(np.int32) + reach
    places = (np.arange(height, dtype=np.int32) % BLOCK_PX)[:, None] * BLOCK_PX + np.arange(
        width, dtype=np.int32
    ) % BLOCK_PX
    room = 2 * reach + 1
    return np.bincount((places * room + sizes).ravel(), minlength=_PLACES * room).reshape(_PLACES, room)


def _unusual(histograms: npt.NDArray[np.int64], periods: tuple[int, ...], *, keep_zero: bool) -> Doubles:
    """(places, periods): gathering around multiples, by how far it is from that of the places off the grid.

    What gathers around zero is left away except for DC: most AC coefficients are small in any picture.
    """
    reach = histograms.shape[1] // 2
    values = np.arange(-reach, reach + 1, dtype=np.float64)[:, None]
    steps = np.asarray(periods, np.float64)[None]
    waves = _wave(values, steps, keep_zero=keep_zero)
    blocks = histograms.sum(axis=1, keepdims=True)
    found = histograms @ waves / blocks
    usual = np.median(found[_OFF_BOTH], axis=0)
    spread = 1.4826 * np.median(np.abs(found[_OFF_BOTH] - usual), axis=0)
    return np.asarray((found - usual) / np.maximum(spread, 0.35 / np.sqrt(blocks.min())))


def _reach(u: int, v: int) -> int:
    return 400 if u or v else 1024


@cache
def _periods() -> tuple[tuple[tuple[int, int], tuple[int, ...], npt.NDArray[np.int64]], ...]:
    """For each frequency: the different first steps above 1, and which of them each quality has (-1: a step of 1)."""
    found = []
    for place in _FREQUENCIES:
        steps = [int(table[place]) for table in first_tables()]
        periods = tuple(sorted({step for step in steps if step > 1}))
        which = np.asarray([periods.index(step) if step > 1 else -1 for step in steps])
        found.append((place, periods, which))
    return tuple(found)

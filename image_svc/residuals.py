"""What `noise_residual` measures: high-pass residuals in patches, and how the face's differ from its surroundings'.

Residual filters and co-occurrences after Fridrich and Kodovsky, "Rich Models for Steganalysis of Digital Images" (IEEE TIFS
2012); comparing parts of one picture after Mahdian and Saic, "Using noise inconsistencies for blind image forensics" (Image
and Vision Computing 2009). All at native resolution: resizing would replace the noise that is looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from image_svc.features import Floats, luma_chroma
from kit.vision.faces import Picture

Box = tuple[float, float, float, float]
Mask = npt.NDArray[np.bool_]

PATCH_PX: Final = 16
"""Side of a patch."""
HOP_PX: Final = 8
"""Distance of neighbouring patches."""
MIN_PATCHES: Final = 6
"""Fewest usable patches that the face, and what is around it, must have."""
_TRUNCATION: Final = 2
_FLOOR: Final = 0.05
_SPREAD_FLOOR: Final = 0.02
_CORE: Final = 0.7
_AROUND: Final = 1.05

_EDGE_5X5: Final = (-1, 2, -2, 2, -1)
_INNER_5X5: Final = (2, -6, 8, -6, 2)
_MIDDLE_5X5: Final = (-2, 8, -12, 8, -2)


def _kernel(rows: Sequence[Sequence[int]], divisor: int = 1) -> Floats:
    return np.asarray(rows, dtype=np.float32) / np.float32(divisor)


_FIRST: Final = _kernel([(-1, 1, 0)])
_SECOND: Final = _kernel([(1, -2, 1)], 2)
_SQUARE_3X3: Final = _kernel([(-1, 2, -1), (2, -4, 2), (-1, 2, -1)], 4)
_SQUARE_5X5: Final = _kernel([_EDGE_5X5, _INNER_5X5, _MIDDLE_5X5, _INNER_5X5, _EDGE_5X5], 12)


@dataclass(frozen=True, slots=True, eq=False)
class PatchGrid:
    """Statistics of overlapping patches: patch (r, c) covers 16 px from (8 r, 8 c) on."""

    values: Floats
    """(R, C, 12): log energies of eight residuals, share of quiet pixels, neighbour correlations, fineness."""
    residual: Floats
    """(H, W) residual of the 5x5 filter, from which the first column of `values` comes."""
    usable: Mask
    """(R, C): False where the sensor was saturated or the picture is flat, so that no noise can be seen."""

    def centres_px(self) -> tuple[Floats, Floats]:
        """(1, C) x and (R, 1) y of the patches' centres."""
        rows, columns = self.usable.shape
        x, y = (np.arange(count, dtype=np.float32) * HOP_PX + PATCH_PX / 2 for count in (columns, rows))
        return x[None, :], y[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The noise of a face against the noise around it."""

    features: Floats
    """(86,) differences of the patches' medians, raw and in spreads, both spreads, differences of co-occurrences."""
    anomaly: Floats
    """(R, C) distance of each patch from those around the face, in spreads (root mean square over statistics)."""


def patch_grid(picture: Picture) -> PatchGrid:
    """Residual statistics of an RGB picture of at least 16 px, patch by patch."""
    luma, cr, cb = luma_chroma(picture)
    square, fine = filtered(luma, _SQUARE_5X5), filtered(luma, _SQUARE_3X3)
    residuals = [square, fine, *(filtered(luma, kernel) for kernel in (_FIRST, _FIRST.T, _SECOND, _SECOND.T))]
    residuals += [filtered(cr, _SQUARE_3X3), filtered(cb, _SQUARE_3X3)]
    powers = [patch_means(residual**2) for residual in residuals]
    logs = [_log_rms(power) for power in powers]
    quiet = patch_means((np.abs(square) < 0.5).astype(np.float32))
    beside, below = (patch_means(square * np.roll(square, 1, axis)) / (powers[0] + _FLOOR) for axis in (1, 0))
    fineness = logs[1] - _log_rms(patch_means((luma - cv2.blur(luma, (7, 7))) ** 2))
    extreme = patch_means(((luma <= 4) | (luma >= 251)).astype(np.float32))
    values = np.stack([*logs, quiet, beside, below, fineness], axis=-1)
    return PatchGrid(values.astype(np.float32), square, (extreme < 0.25) & (quiet < 0.98))


def compare(picture: Picture, box_px: Box) -> Comparison | None:
    """Compares the face in `box_px` with what is around it; None where either has too few usable patches."""
    grid = patch_grid(picture)
    core, around = (part & grid.usable for part in face_parts(*grid.centres_px(), box_px))
    if min(core.sum(), around.sum()) < MIN_PATCHES:
        return None
    core_median, core_spread = _robust(grid.values[core])
    around_median, around_spread = _robust(grid.values[around])
    difference = core_median - around_median
    in_spreads = difference / (core_spread + around_spread)
    pairs = _co_occurrence_difference(grid.residual, box_px)
    parts = [difference, in_spreads, np.abs(in_spreads), np.log(core_spread), np.log(around_spread), pairs]
    distance = np.sqrt(np.mean(((grid.values - around_median) / (around_spread * 1.4826)) ** 2, axis=-1))
    return Comparison(np.concatenate(parts).astype(np.float32), np.where(grid.usable, distance, 0).astype(np.float32))


def co_occurrence(residual: Floats, inside: Mask) -> Floats:
    """(26,) log shares of pairs of neighbours of an (H, W) residual, rounded and cut at +-2, both pixels `inside`.

    13 classes, each a pair with its negative: of horizontal neighbours, then of vertical ones.
    """
    levels = np.clip(np.rint(residual), -_TRUNCATION, _TRUNCATION).astype(np.int8) + _TRUNCATION
    beside = _pair_shares(levels[:, :-1], levels[:, 1:], inside[:, 1:] & inside[:, :-1])
    below = _pair_shares(levels[:-1], levels[1:], inside[1:] & inside[:-1])
    return np.concatenate([beside, below])


def filtered(plane: Floats, kernel: Floats) -> Floats:
    """(H, W) residual of a plane; edges are mirrored."""
    return np.asarray(cv2.filter2D(plane, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT_101), dtype=np.float32)


def patch_means(plane: Floats) -> Floats:
    """(R, C) means over the patches of an (H, W) plane."""
    rows, columns = plane.shape[0] // HOP_PX, plane.shape[1] // HOP_PX
    whole = plane[: rows * HOP_PX, : columns * HOP_PX]
    cells = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray((cells[:-1, :-1] + cells[1:, :-1] + cells[:-1, 1:] + cells[1:, 1:]) / 4, dtype=np.float32)


def face_parts(x_px: Floats, y_px: Floats, box_px: Box) -> tuple[Mask, Mask]:
    """Which positions lie in the core of a face box (an ellipse of 0.7 times it), and which around it (outside 1.05 times)."""
    left, top, right, bottom = box_px
    across = (x_px - (left + right) / 2) / ((right - left) / 2)
    down = (y_px - (top + bottom) / 2) / ((bottom - top) / 2)
    distance = np.hypot(across, down)
    return distance <= _CORE, distance > _AROUND


def _co_occurrence_difference(residual: Floats, box_px: Box) -> Floats:
    height, width = residual.shape
    x, y = np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)[:, None]
    core, around = (co_occurrence(residual, part) for part in face_parts(x, y, box_px))
    return core - around


def _pair_shares(first: npt.NDArray[np.int8], second: npt.NDArray[np.int8], inside: Mask) -> Floats:
    side = 2 * _TRUNCATION + 1
    codes = first[inside].astype(np.intp) * side + second[inside]
    counts = np.bincount(codes, minlength=side * side)
    # One imaginary pair in every class keeps the logarithm finite.
    joined = (counts + counts[::-1])[: side * side // 2 + 1] + 1.0
    return np.asarray(np.log(joined / joined.sum()), dtype=np.float32)


def _robust(values: Floats) -> tuple[Floats, Floats]:
    """(F,) median and median absolute deviation of (N, F) values."""
    median = np.median(values, axis=0)
    spread = np.median(np.abs(values - median), axis=0) + _SPREAD_FLOOR
    return median.astype(np.float32), spread.astype(np.float32)


def _log_rms(power: Floats) -> Floats:
    return np.asarray(np.log(power + _FLOOR**2) / 2, dtype=np.float32)

"""Do all parts of a picture share one history and one noise? Every block against what is usual in this picture.

Four signals are measured per block of 8x8: the likelihood of the first compression that fits the picture best, the gathering
around multiples of older steps at the place of the best older grid (after Bianchi and Piva, TIFS 2012), energy at middle
frequencies, and the noise level as the median of absolute second differences (after Donoho and Johnstone 1994; Mahdian and Saic
2009). Each is taken relative to blocks of this picture with as much detail, because detail moves all four.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from metadata_svc.history.aligned import block_gains, spectra
from metadata_svc.history.luma import BLOCK_PX, Floats, Luma, coefficients
from metadata_svc.history.reading import HistoryReading
from metadata_svc.history.shifted import block_gathering

SIGNALS: Final = 4
REACHES: Final = (3, 7, 15, 31)
"""Blocks over which signals are averaged, each way."""
FEATURES: Final = SIGNALS * len(REACHES) + 7
_CLIP: Final = 4.0
_GROUPS: Final = 12
_SECOND_DIFFERENCES: Final = np.outer((1, -2, 1), (1, -2, 1)).astype(np.float32) / 6

Doubles = npt.NDArray[np.float64]


def signal_maps(luma: Luma, history: HistoryReading) -> Floats:
    """(SIGNALS + 2, rows, columns): signals relative to blocks alike, detail in [0, 1] by rank, and brightness in [-1, 1]."""
    found = coefficients(luma.plane)
    rows, columns = found.shape[1:3]
    detail = np.log1p(np.abs(found[:3, :, :, :3]).sum(axis=(0, 3)) - np.abs(found[0, :, :, 0]))
    rank = np.argsort(np.argsort(detail.ravel(), kind="stable"), kind="stable").reshape(rows, columns)
    groups = rank * _GROUPS // rank.size
    gathering = block_gathering(luma, history.shifted)
    gains = block_gains(spectra(luma), history.aligned.quality)
    middle = np.log1p(np.abs(found[2:6, :, :, 2:6]).sum(axis=(0, 3)))
    raw = (gains, gathering, middle, np.log(_noise_levels(luma)))
    brightness = found[0, :, :, 0] / (128 * BLOCK_PX)
    return np.stack([*(_relative(values, groups) for values in raw), rank / rank.size, brightness]).astype(np.float32)


def cell_features(maps: Floats, history: HistoryReading) -> Floats:
    """(rows, columns, FEATURES) from `signal_maps`: means around each block, and what the whole picture is like."""
    means = [_mean(signal, reach) for signal in maps[:SIGNALS] for reach in REACHES]
    means += [_mean(maps[SIGNALS], REACHES[0]), _mean(maps[SIGNALS], REACHES[2]), _mean(maps[SIGNALS + 1], REACHES[1])]
    context = (
        np.log(history.step),
        float(history.aligned_features()[0]),
        np.log(max(history.shifted.off_both, 1.0)),
        np.log(maps[0].size),
    )
    whole = [np.full(maps.shape[1:], value, np.float32) for value in context]
    return np.stack([*means, *whole], axis=-1)


def _noise_levels(luma: Luma) -> Doubles:
    """(rows, columns): standard deviation of the noise within each block, in levels, at least 0.05."""
    levels = luma.plane.astype(np.float32)
    high = np.abs(cv2.filter2D(levels, cv2.CV_32F, _SECOND_DIFFERENCES, borderType=cv2.BORDER_REFLECT))
    rows, columns = (side // BLOCK_PX for side in high.shape)
    blocks = high[: rows * BLOCK_PX, : columns * BLOCK_PX].reshape(rows, BLOCK_PX, columns, BLOCK_PX)
    flat = blocks.transpose(0, 2, 1, 3).reshape(rows, columns, BLOCK_PX**2)
    return np.asarray(np.maximum(1.4826 * np.median(flat, axis=2), 0.05), np.float64)


def _relative(values: npt.NDArray[np.floating], groups: npt.NDArray[np.int64]) -> Floats:
    """Distance from the median of the blocks alike, in robust standard deviations, cut at +-4."""
    found = np.zeros(values.shape, np.float64)
    scale_of_all = 1.4826 * float(np.median(np.abs(values - np.median(values))))
    for group in range(_GROUPS):
        alike = groups == group
        if not alike.any():
            continue
        inside = values[alike]
        middle = np.median(inside)
        spread = 1.4826 * float(np.median(np.abs(inside - middle)))
        found[alike] = (inside - middle) / max(spread, 0.25 * scale_of_all, 1e-3)
    return np.clip(found, -_CLIP, _CLIP).astype(np.float32)


def _mean(signal: Floats, reach: int) -> Floats:
    blurred = cv2.blur(np.ascontiguousarray(signal), (reach, reach), borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, np.float32)

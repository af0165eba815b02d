"""What lies before a moment of the sound against what lies after it: background, channel, speaker, room.

Numbers on bands of short-time spectra; shared by training and serving.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

CONTEXT_NAMES: Final = (
    "floor_level",
    "floor_shape",
    "floor_high",
    "floor_peak",
    "near_floor_level",
    "near_floor_shape",
    "near_floor_peak",
    "mean_level",
    "mean_shape",
    "mean_peak",
    "divergence",
    "divergence_peak",
    "near_divergence",
    "near_divergence_peak",
    "rise_rate",
    "fall_rate",
    "high_roughness",
)
_FAR: Final = 100  # frames of 10 ms
_NEAR: Final = 35
_FLOOR: Final = 0.15  # quantile of the frames that is the background
_HIGH_BAND: Final = 17  # from 4.4 kHz on
_CEPSTRA: Final = 12
_ASIDE: Final = 30  # frames to where a real seam's distance has fallen again


def context_features(bands_db: Floats, moments: npt.NDArray[np.intp]) -> Floats:
    """(N, len(CONTEXT_NAMES)) of moments (N,), indices of the first frame after each, over bands (T, B) in dB.

    Windows of 1 s and 0.35 s before and after each moment, shorter at the ends. All differences are magnitudes, in dB where they
    are levels. `..._peak` is by how much a distance exceeds the mean of those 0.3 s before and after: it is a tent around a seam.
    """
    everywhere = np.arange(len(bands_db) + 1)
    columns = [*_floors(bands_db, everywhere), *_means(bands_db, everywhere), *_rates(bands_db, everywhere)]
    return np.stack(columns, axis=1)[moments].astype(np.float32)


def _floors(bands_db: Floats, moments: npt.NDArray[np.intp]) -> list[Floats]:
    far, near = (_split_difference(_low_quantiles(bands_db, length), moments, length) for length in (_FAR, _NEAR))
    far_level, near_level = np.abs(far.mean(axis=1)), np.abs(near.mean(axis=1))
    far_shape, near_shape = far.std(axis=1), near.std(axis=1)
    high = np.abs(far[:, _HIGH_BAND:].mean(axis=1))
    far_size, near_size = (np.sqrt(np.mean(change**2, axis=1)) for change in (far, near))
    return [far_level, far_shape, high, _peak(far_size), near_level, near_shape, _peak(near_size)]


def _means(bands_db: Floats, moments: npt.NDArray[np.intp]) -> list[Floats]:
    change = _before_after(bands_db, moments, _FAR)
    cepstra = bands_db @ _cosines(bands_db.shape[1])
    far, near = (_divergence(cepstra, moments, length) for length in (_FAR, _NEAR))
    size = np.sqrt(np.mean(change**2, axis=1))
    return [np.abs(change.mean(axis=1)), change.std(axis=1), _peak(size), far, _peak(far), near, _peak(near)]


def _rates(bands_db: Floats, moments: npt.NDArray[np.intp]) -> list[Floats]:
    """How fast sound comes, goes (the room), and how rough its high end is (noise, holes of codecs)."""
    step = np.diff(bands_db, axis=0, prepend=bands_db[:1])
    rates = (
        np.maximum(step, 0).mean(axis=1),
        np.maximum(-step, 0).mean(axis=1),
        np.abs(step[:, _HIGH_BAND:]).mean(axis=1),
    )
    change = _before_after(np.stack(rates, axis=1), moments, _FAR)
    return list(np.abs(change).T)


def _before_after(values: Floats, moments: npt.NDArray[np.intp], length: int) -> Floats:
    """(N, B) mean after minus mean before."""
    total = _totals(values)
    return _mean(total, moments, moments + length) - _mean(total, moments - length, moments)


def _divergence(cepstra: Floats, moments: npt.NDArray[np.intp], length: int) -> Floats:
    """(N,) how much better two Gaussians with diagonal covariance explain both sides than one (Chen and Gopalakrishnan 1998)."""
    first, second = _totals(cepstra), _totals(cepstra**2)

    def log_variance(start: npt.NDArray[np.intp], end: npt.NDArray[np.intp]) -> Floats:
        return np.log(np.maximum(_mean(second, start, end) - _mean(first, start, end) ** 2, 0) + 1.0)

    before, after = log_variance(moments - length, moments), log_variance(moments, moments + length)
    return np.asarray((log_variance(moments - length, moments + length) - (before + after) / 2).mean(axis=1))


def _low_quantiles(bands_db: Floats, length: int) -> Floats:
    """(T - length + 1, B) low quantile of each band over `length` frames from each frame on; fewer frames where T is less."""
    length = min(length, len(bands_db))
    # Every second frame says the same at half the price.
    windows = np.lib.stride_tricks.sliding_window_view(bands_db, length, axis=0)[..., ::2]
    rank = int(_FLOOR * windows.shape[-1])
    return np.asarray(np.partition(windows, rank, axis=-1)[..., rank])


def _split_difference(values: Floats, moments: npt.NDArray[np.intp], length: int) -> Floats:
    """(N, B) what windows of `length` say after minus before; at the ends, of the windows nearest to where they should be."""
    last = len(values) - 1
    return values[np.clip(moments, 0, last)] - values[np.clip(moments - length, 0, last)]


def _peak(distances: Floats) -> Floats:
    aside = np.pad(distances, _ASIDE, mode="edge")
    return np.asarray(distances - (aside[: len(distances)] + aside[2 * _ASIDE :]) / 2)


def _totals(values: Floats) -> Floats:
    zeros: Sequence[int] = (1, *values.shape[1:])
    return np.concatenate([np.zeros(zeros), np.cumsum(values, axis=0, dtype=np.float64)])


def _mean(totals: Floats, start: npt.NDArray[np.intp], end: npt.NDArray[np.intp]) -> Floats:
    """(N, B) means from start to end, cut at the ends of the sound; 0 where nothing is left."""
    first, last = np.clip(start, 0, len(totals) - 1), np.clip(end, 0, len(totals) - 1)
    return np.asarray((totals[last] - totals[first]) / np.maximum(last - first, 1)[:, None], np.float32)


def _cosines(bands: int) -> Floats:
    """(B, 12) the cosines that make cepstra of bands, without the first one, which is the level."""
    order = np.arange(1, _CEPSTRA + 1)
    angles = np.pi * (np.arange(bands)[:, None] + 0.5) * order / bands
    return np.asarray(np.cos(angles) * np.sqrt(2 / bands), np.float32)

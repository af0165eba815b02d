"""The picture of a sound track: loudness by frequency over its whole length, for a person to look at."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kit.media.sound import SoundPiece
from kit.sound.spectra import log_mel
from telltale.av_sync.v1 import sound_pb2
from telltale.model.v1 import card_pb2

MAX_COLUMNS = 2_048
BANDS = 64
HIGH_HZ = 8_000.0
_FINEST_S = 0.01
_FFT_S = 0.032
_FRAMES_PER_COLUMN = 8
"""Spectra that a column is the mean of: enough for the eye, whatever the length of the sound."""
_RANGE_DB = 80.0
_DB_PER_NEPER = 10 / math.log(10)
_SILENCE_DB = -100.0
_ROUNDING_DB = 1e-3


def log_mel_map(pieces: Sequence[SoundPiece], duration_s: float) -> sound_pb2.LogMelMap:
    """The map of `pieces` (at 16 kHz or more, in order, apart) over 0 to `duration_s`, more than 0.

    At most 2048 columns of at least 10 ms, 64 bands from 0 to 8 kHz; see LogMelMap for the values.
    """
    columns = max(1, min(MAX_COLUMNS, round(duration_s / _FINEST_S)))
    column_s = duration_s / columns
    sums, counts = np.zeros((columns, BANDS)), np.zeros(columns)
    for piece in pieces:
        times_s, levels_db = _levels(piece, column_s)
        index = (times_s / column_s).astype(np.int64)
        inside = (index >= 0) & (index < columns)
        np.add.at(sums, index[inside], levels_db[inside])
        np.add.at(counts, index[inside], 1)
    heard = counts > 0
    values = np.zeros((columns, BANDS), np.uint8)
    values[heard] = _bytes(sums[heard] / counts[heard, np.newaxis])
    return sound_pb2.LogMelMap(columns=columns, bands=BANDS, values=values.tobytes())


def _levels(piece: SoundPiece, column_s: float) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Times of the middle of each spectrum, (F,), and its levels in decibels, (F, BANDS)."""
    fft_samples = 2 * round(_FFT_S * piece.rate_hz / 2)
    hop_samples = max(1, round(min(max(column_s / _FRAMES_PER_COLUMN, _FINEST_S), column_s / 2) * piece.rate_hz))
    spectrum = card_pb2.MelSpectrum(
        fft_samples=fft_samples, window_samples=fft_samples, hop_samples=hop_samples, bands=BANDS, high_hz=HIGH_HZ
    )
    padded = np.pad(piece.samples, fft_samples // 2)
    levels_db = _DB_PER_NEPER * log_mel(padded, piece.rate_hz, spectrum).T
    return piece.start_s + np.arange(len(levels_db)) * hop_samples / piece.rate_hz, levels_db


def _bytes(levels_db: NDArray[np.float64]) -> NDArray[np.float64]:
    """255 is the loudest cell, 1 is 80 dB or more below it; of digital silence all of it is 1."""
    loudest_db = float(levels_db.max(initial=_SILENCE_DB))
    if loudest_db <= _SILENCE_DB + _ROUNDING_DB:
        return np.ones_like(levels_db)
    return np.clip(np.round(255 + (levels_db - loudest_db) * (254 / _RANGE_DB)), 1, 255)

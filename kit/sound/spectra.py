"""Mel spectra, as a card says. Training and serving call this very file.

The filters are those of Slaney (Auditory Toolbox 1998), as `librosa.filters.mel` makes them; a test holds them against
it. That library is not asked for them when serving: it loads compilers that take a second and 140 MB in every process.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from telltale.model.v1 import card_pb2

_FLOOR = 1e-10
"""Power that is taken for silence: 100 dB below full scale."""
_SPECTRA_AT_ONCE = 4_096
# Slaney's scale: linear up to 1 kHz, 27 steps for every factor of 6.4 above.
_HZ_PER_MEL = 200 / 3
_KNEE_HZ = 1_000.0
_KNEE_MEL = _KNEE_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27


def log_mel(samples: NDArray[np.float32], rate_hz: int, spectrum: card_pb2.MelSpectrum) -> NDArray[np.float32]:
    """Natural logarithm of the power in mel bands, float32 (bands, frames), of `samples` (S,) in [-1, 1].

    Frame k is of the samples from k * hop on, fft_samples long, without padding: there are 1 + (S - fft) // hop of them,
    none where the sound is shorter. The Hann window lies in the middle of them and power is counted relative to its
    sum, so that a level means the same whatever the lengths; the least is ln(1e-10).
    """
    if len(samples) < spectrum.fft_samples:
        return np.zeros((spectrum.bands, 0), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, spectrum.fft_samples)[:: spectrum.hop_samples]
    filters = mel_filters(rate_hz, spectrum.fft_samples, spectrum.bands, spectrum.low_hz, spectrum.high_hz)
    window = _window(spectrum.fft_samples, spectrum.window_samples)
    parts = [
        _powers(frames[at : at + _SPECTRA_AT_ONCE], window) @ filters.T
        for at in range(0, len(frames), _SPECTRA_AT_ONCE)
    ]
    return np.ascontiguousarray(np.log(np.maximum(np.concatenate(parts), _FLOOR)).T, np.float32)


@functools.lru_cache(maxsize=8)
def mel_filters(rate_hz: int, fft_samples: int, bands: int, low_hz: float, high_hz: float) -> NDArray[np.float32]:
    """Triangles of equal area, float32 (bands, 1 + fft_samples / 2), read-only."""
    edges_hz = _hz(np.linspace(_mel(low_hz), _mel(high_hz), bands + 2))
    bins_hz = np.fft.rfftfreq(fft_samples, 1 / rate_hz)
    lower, centre, upper = (edges_hz[start : start + bands, np.newaxis] for start in range(3))
    rising, falling = (bins_hz - lower) / (centre - lower), (upper - bins_hz) / (upper - centre)
    triangles = np.maximum(0, np.minimum(rising, falling)) * 2 / (upper - lower)
    filters: NDArray[np.float32] = triangles.astype(np.float32)
    filters.flags.writeable = False
    return filters


def _powers(frames: NDArray[np.float32], window: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.square(np.abs(np.fft.rfft(frames * window, axis=1))).astype(np.float32)


@functools.lru_cache(maxsize=8)
def _window(fft_samples: int, window_samples: int) -> NDArray[np.float32]:
    hann = np.hanning(window_samples + 1)[:-1]
    before = (fft_samples - window_samples) // 2
    padded = np.zeros(fft_samples, np.float32)
    padded[before : before + window_samples] = hann / hann.sum()
    padded.flags.writeable = False
    return padded


def _mel(hz: float) -> float:
    return hz / _HZ_PER_MEL if hz < _KNEE_HZ else _KNEE_MEL + float(np.log(hz / _KNEE_HZ)) / _LOG_STEP


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < _KNEE_MEL, mel * _HZ_PER_MEL, _KNEE_HZ * np.exp(_LOG_STEP * (mel - _KNEE_MEL)))

"""Measurements at moments of a sound track that tell a cut or splice; shared by training and serving.

Every 20 ms: what lies before against what lies after (`av_sync_svc.seam_context`), and what happens at the very moment
(`av_sync_svc.seam_moment`). Nothing depends on the level of the sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from av_sync_svc.seam_context import CONTEXT_NAMES, context_features
from av_sync_svc.seam_moment import MOMENT_NAMES, STEP, moment_features

Floats = npt.NDArray[np.float32]

RATE_HZ: Final = 16000
GRID_S: Final = 0.02
MARGIN_S: Final = 0.5
"""Sound that a moment needs on either side."""
FEATURE_NAMES: Final = (*MOMENT_NAMES, *CONTEXT_NAMES)
# What is this far below the mean power is silence: whether it is digital or a quiet room must not matter.
_SILENCE: Final = 10**-7.0
_BARK_EDGES_HZ: Final = (
    *(50, 150, 250, 350, 450, 550, 650, 800, 950, 1100, 1300, 1500, 1750, 2000, 2350, 2700, 3150, 3700),
    *(4400, 5300, 6400, 7700),
)


@dataclass(frozen=True, eq=False)
class Moments:
    """Moments of one stretch of sound at which a seam may be."""

    times_s: npt.NDArray[np.float64]
    """(N,) seconds from the first sample of the stretch."""
    features: Floats
    """(N, len(FEATURE_NAMES)), finite."""


def measure_moments(samples: Floats) -> Moments:
    """The moments of a stretch of sound, mono (S,) at 16 kHz; none where it is shorter than 2 * MARGIN_S or digital silence."""
    steps = len(samples) // STEP
    stride, margin = round(GRID_S * RATE_HZ / STEP), round(MARGIN_S * RATE_HZ / STEP)
    chosen = np.arange(margin, steps - margin + 1, stride)
    level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(chosen) else 0.0
    if level == 0.0:
        return Moments(np.zeros(0), np.zeros((0, len(FEATURE_NAMES)), np.float32))
    scaled = (samples[: steps * STEP] / level).astype(np.float32)
    power = _power(scaled)
    bands_db = _bands_db(power)
    exact = moment_features(scaled, power, bands_db)[chosen]
    return Moments(chosen * STEP / RATE_HZ, np.concatenate([exact, context_features(bands_db, chosen)], axis=1))


def _power(samples: Floats) -> Floats:
    """(T, 161) power spectra of frames of 20 ms every 10 ms."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, 2 * STEP)[::STEP]
    spectra = np.fft.rfft(frames * np.hanning(2 * STEP).astype(np.float32), axis=1)
    return np.asarray(spectra.real**2 + spectra.imag**2, np.float32)


def _bands_db(power: Floats) -> Floats:
    """(T, B) power in Bark bands, in dB relative to the mean band."""
    edges = np.asarray(_BARK_EDGES_HZ) * 2 * STEP // RATE_HZ
    bands = np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1)
    return np.asarray(10 * np.log10(bands / bands.mean() + _SILENCE), np.float32)

"""What happens at the very moment: clicks, abrupt steps, broken periods, jumps in the phase of steady tones.

Numbers per step of 10 ms at 16 kHz; shared by training and serving.
"""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

_PLAIN_NAMES: Final = (
    "step_up",
    "step_down",
    "step_median",
    "step_exchange",
    "step_above_usual",
    "fast_rise",
    "fast_fall",
    "fast_exchange",
    "fast_above_usual",
    "prediction_click",
    "high_click",
    "period_break",
    "step_in_period_break",
    "tone_phase_jump",
)
MOMENT_NAMES: Final = (*_PLAIN_NAMES, *(f"unusual_{name}" for name in _PLAIN_NAMES))
STEP: Final = 160  # samples
_AROUND: Final = (2, 3, 4, 5, 6, 7, 8)  # steps aside that tell what is usual
_SECOND: Final = 100  # steps to both sides
_ORDER: Final = 10
_VOICE_BLOCK: Final = 4  # samples that become one: 4 kHz
_FAST_BINS: Final = (1, 3, 6, 9, 13, 19, 28)  # of 200 Hz
_FAST_SILENCE: Final = 1e-5
_TONE_BLOCK: Final = 16  # samples that become one: 1 kHz
_TONE_FRAME: Final = 240  # of those: bins of about 4 Hz
_TONE_BINS: Final = slice(11, 97)  # 46 to 400 Hz


def moment_features(samples: Floats, power: Floats, bands_db: Floats) -> Floats:
    """(T + 1, len(MOMENT_NAMES)) of the moments between steps of 10 ms; moment t lies 10 t ms from the beginning.

    Args:
        samples: (160 T,), mean power 1.
        power: (T - 1, 161) power spectra of Hann frames of 20 ms, one a step.
        bands_db: (T - 1, B) the same in bands, in dB.
    """
    fast, broken = _fast_steps(samples), _period_break(samples)
    columns = [
        *_spectral_steps(bands_db),
        *fast,
        _prediction_click(samples, power),
        _high_click(samples),
        broken,
        np.sqrt(np.maximum(broken, 0) * (fast[0] + fast[1])),
        _tone_phase_jump(samples),
    ]
    plain = np.stack([_widest(column) for column in columns], axis=1)
    return np.concatenate([plain, _unusual(plain)], axis=1).astype(np.float32)


def _spectral_steps(bands_db: Floats) -> list[Floats]:
    """From the last frame of 20 ms that ends before a moment to the first one that starts after it."""
    change = np.pad(bands_db[2:] - bands_db[:-2], ((2, 2), (0, 0)))
    up, down, exchange, above = _sides(change)
    return [up, down, np.median(np.abs(change), axis=1), exchange, above]


def _fast_steps(samples: Floats) -> list[Floats]:
    """The same from frames of 5 ms to those 7.5 ms later, in seven bands: sound dies away slowly, unless it is cut off."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, STEP // 4), STEP // 2)[:: STEP // 4]
    spectra = np.fft.rfft(frames * np.hanning(STEP // 2).astype(np.float32), axis=1)
    bands = np.add.reduceat(spectra.real**2 + spectra.imag**2, _FAST_BINS, axis=1)
    level_db = 10 * np.log10(bands + _FAST_SILENCE * bands.mean())
    change = np.pad(level_db[3:] - level_db[:-3], ((2, 1), (0, 0)))
    return [_largest(side) for side in _sides(change)]


def _sides(change_db: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Mean rise and fall over bands, the smaller one of both (speech mostly rises or falls, a cut exchanges), and by how much
    their sum exceeds what is usual just before and after (a cut goes from one steady sound to another)."""
    up, down = np.maximum(change_db, 0).mean(axis=1), np.maximum(-change_db, 0).mean(axis=1)
    size = up + down
    padded = np.pad(size, _AROUND[-1], mode="edge")
    sides = [padded[_AROUND[-1] + sign * off :][: len(size)] for off in _AROUND[1:] for sign in (-1, 1)]
    return up, down, np.minimum(up, down), np.asarray(size - np.mean(sides, axis=0))


def _largest(of_quarters: Floats) -> Floats:
    """(T + 1,) the largest from a moment to the next one."""
    return np.asarray(np.pad(of_quarters, (0, 3), mode="edge").reshape(-1, 4).max(axis=1))


def _prediction_click(samples: Floats, power: Floats) -> Floats:
    """Peak of the residual of linear prediction (order 10) within 5 ms over those of the moments around, in dB."""
    lags = power @ _cosines(power.shape[1])
    lags[:, 0] = lags[:, 0] * 1.0001 + 1e-6
    rows = np.abs(np.subtract.outer(np.arange(_ORDER), np.arange(_ORDER)))
    weights = np.linalg.solve(lags[:, rows], lags[:, 1:, None])
    middle = np.lib.stride_tricks.sliding_window_view(samples, 2 * STEP)[::STEP, STEP // 2 - _ORDER : 3 * STEP // 2]
    history = np.lib.stride_tricks.sliding_window_view(middle, _ORDER, axis=1)[:, :-1, ::-1]
    residual = np.abs(middle[:, _ORDER:] - (history @ weights)[..., 0])
    return np.pad(_over_usual_db(residual.max(axis=1)), 1, mode="edge")


def _cosines(bins: int) -> Floats:
    """(K, order + 1) that makes the first autocorrelations of power spectra (Wiener and Khinchin)."""
    weights = np.full((bins, 1), 2.0)
    weights[[0, -1]] = 1.0
    angles = np.pi * np.outer(np.arange(bins), np.arange(_ORDER + 1)) / (bins - 1)
    return (weights * np.cos(angles)).astype(np.float32)


def _high_click(samples: Floats) -> Floats:
    """Peak of the third difference over those of the steps around, in dB."""
    sharp = np.abs(np.diff(samples, 3, prepend=[0, 0, 0]))
    return _ends(_over_usual_db(sharp.reshape(-1, STEP).max(axis=1)))


def _period_break(samples: Floats) -> Floats:
    """How much less the next 10 ms repeat the past 25 ms here than a little earlier and later: voice breaks its period."""
    length, lag = STEP // _VOICE_BLOCK, STEP * 5 // 2 // _VOICE_BLOCK
    low = np.pad(samples.reshape(-1, _VOICE_BLOCK).mean(axis=1), (lag, 0))
    frames = np.lib.stride_tricks.sliding_window_view(low, lag + length)[::length]
    ahead, past = frames[:, lag:], frames[:, :lag]
    products = np.fft.irfft(np.conj(np.fft.rfft(ahead, 128)) * np.fft.rfft(past, 128), 128)[:, : lag - length]
    energy = np.pad(np.cumsum(past**2, axis=1), ((0, 0), (1, 0)))
    behind = energy[:, length:lag] - energy[:, : lag - length]
    likeness = (products / np.sqrt(behind * (ahead**2).sum(axis=1, keepdims=True) + 1e-9)).max(axis=1)
    padded = np.pad(likeness, (4, 7), mode="edge")
    at = [padded[offset : offset + len(likeness) + 1] for offset in range(11)]  # 4 steps earlier to 6 later
    earlier, later = np.maximum.reduce(at[0:3]), np.maximum.reduce(at[8:11])
    return np.asarray(np.minimum(earlier, later) - np.minimum(at[4], at[5]))


def _tone_phase_jump(samples: Floats) -> Floats:
    """By how much the phase of the steadiest low tone (mains hum and its partials) leaves its course, in radians.

    Two frames of 0.24 s before and two after: their phases advance alike where the tone goes on.
    """
    low = np.pad(samples.reshape(-1, _TONE_BLOCK).mean(axis=1), 2 * _TONE_FRAME)
    frames = np.lib.stride_tricks.sliding_window_view(low, _TONE_FRAME)[:: 2 * STEP // _TONE_BLOCK]
    spectra = np.fft.rfft(frames * np.hanning(_TONE_FRAME).astype(np.float32), axis=1)
    hop, count = _TONE_FRAME * _TONE_BLOCK // (2 * STEP), len(samples) // (2 * STEP) + 1
    parts = [spectra[first * hop :][:count] for first in range(4)]
    advances = [later * np.conj(sooner) for sooner, later in itertools.pairwise(parts)]
    before, across, after = (advance / (np.abs(advance) + 1e-12) for advance in advances)
    course = (before + after) / 2
    jump = np.abs(np.angle(across * np.conj(course))) * np.abs(course)
    weighted = (jump * _prominence(np.minimum.reduce(np.abs(parts))))[:, _TONE_BINS].max(axis=1)
    return np.repeat(weighted, 2)[: len(samples) // STEP + 1]


def _prominence(magnitudes: Floats) -> Floats:
    """(T, K) in [0, 1]: 1 where a bin is at least ten times as strong as those 12 to 24 Hz beside it."""
    padded = np.pad(magnitudes, ((0, 0), (6, 6)), mode="reflect")
    bins = magnitudes.shape[1]
    beside = np.mean([padded[:, 6 + off : 6 + off + bins] for off in (-6, -5, -4, -3, 3, 4, 5, 6)], axis=0)
    return np.asarray(np.clip(np.log10(magnitudes / (beside + 1e-12) + 1e-12), 0, 1))


def _unusual(features: Floats) -> Floats:
    """By how many standard deviations each feature exceeds its mean over the second around: voices and rooms differ."""
    totals, squares = (np.cumsum(np.pad(values, ((1, 0), (0, 0))), axis=0) for values in (features, features**2))
    moments = np.arange(len(features))
    start, end = np.maximum(moments - _SECOND, 0), np.minimum(moments + _SECOND + 1, len(features))
    count = (end - start)[:, None]
    mean, power = (totals[end] - totals[start]) / count, (squares[end] - squares[start]) / count
    return np.asarray((features - mean) / np.sqrt(np.maximum(power - mean**2, 0) + 1e-3 * power + 1e-9))


def _over_usual_db(peaks: Floats) -> Floats:
    """Above the highest of the steps 20 to 80 ms to both sides: pulses of a voice come again and again, clicks do not."""
    padded = np.pad(peaks, _AROUND[-1], mode="edge")
    count = len(peaks)
    sides = [padded[_AROUND[-1] + sign * off :][:count] for off in _AROUND for sign in (-1, 1)]
    return np.asarray(20 * np.log10((peaks + 1e-9) / (np.max(sides, axis=0) + 1e-9)))


def _ends(of_steps: Floats) -> Floats:
    """(T + 1,) the larger one of the steps that end and start at a moment."""
    return np.maximum(np.pad(of_steps, (1, 0), mode="edge"), np.pad(of_steps, (0, 1), mode="edge"))


def _widest(of_moments: Floats) -> Floats:
    """The largest within 10 ms."""
    padded = np.pad(of_moments, 1, mode="edge")
    return np.asarray(np.maximum.reduce([padded[:-2], padded[1:-1], padded[2:]]))

"""Lips against sound: what is measured of each, and how their embeddings are compared at every offset.

Training and serving call these very functions. Two networks, one for lips and one for sound, answer an embedding for every
look at a mouth (25 a second); where both fit, their embeddings are alike (after Chung and Zisserman, "Out of Time: Automated
Lip Sync in the Wild", ACCV workshops 2016). Both see changes only: what stays the same over two seconds is whose mouth and
which microphone it is, and is taken out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from av_sync_svc.face_mesh import Floats
from av_sync_svc.mouths import MOUTH_POINTS, MOUTH_RATE_FPS, Mouth
from kit.media.sound import SoundPiece
from kit.sound.spectra import log_mel
from telltale.model.v1 import card_pb2

MAX_SHIFT: Final = 15
"""Largest offset that is tried, in looks: 0.6 s either way."""
SHIFTS: Final = tuple(range(-MAX_SHIFT, MAX_SHIFT + 1))
"""Offsets that are tried, in looks: by how much the sound is taken to be late."""
NATURAL_SHIFT: Final = 3
"""Offsets up to this, in looks, are found in untouched recordings: 0.12 s."""
SHIFT_MS: Final = 1000.0 / MOUTH_RATE_FPS
LIP_VALUES: Final = 3 * len(MOUTH_POINTS)
"""Numbers that describe a mouth."""
SPECTRA_PER_LOOK: Final = 4
SPECTRUM: Final = card_pb2.MelSpectrum(
    fft_samples=512, window_samples=400, hop_samples=160, bands=40, low_hz=60, high_hz=7600
)
RATE_HZ: Final = 16_000

_SETTLE_LOOKS: Final = 25
# Spectra more than this far below the loud ones (in nepers of power) are silence, whatever the room's noise.
_RANGE: Final = 9.0
_LOUD: Final = 95
# What an agreement counts, per root second, as a log-likelihood. Between 4 and 16 it makes little difference.
_SHARPNESS: Final = 8.0
# Fewer pairs than this say nothing of an offset.
_LEAST_PAIRS: Final = 12


def lip_series(mouth: Mouth) -> Floats:
    """(T, LIP_VALUES) places of the points of a mouth, less their mean over the two seconds around."""
    return _changes(mouth.points.reshape(len(mouth.points), LIP_VALUES), _SETTLE_LOOKS)


def sound_series(piece: SoundPiece, start_s: float, looks: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Log-mel spectra of the sound around `looks` moments from `start_s` on, 1 / MOUTH_RATE_FPS apart.

    Returns:
        (SPECTRA_PER_LOOK * looks, bands) float32, less their mean over the two seconds around; beyond the ends of the piece the
        first or last is repeated. And (looks,) whether the moment lies inside the piece.
    """
    hop_s = SPECTRUM.hop_samples / RATE_HZ
    # log_mel's first spectrum is centred on half a transform after the first sample it is given.
    first = round((start_s - piece.start_s) * RATE_HZ) - SPECTRUM.fft_samples // 2
    skipped = max(0, -(first // SPECTRUM.hop_samples))  # spectra that lie before the piece
    wanted = SPECTRA_PER_LOOK * looks
    begin = first + skipped * SPECTRUM.hop_samples
    end = first + (wanted - 1) * SPECTRUM.hop_samples + SPECTRUM.fft_samples
    spectra = log_mel(piece.samples[begin : max(begin, end)], RATE_HZ, SPECTRUM).T  # (F, bands)
    times_s = start_s + np.arange(looks) / MOUTH_RATE_FPS
    inside = (times_s >= piece.start_s - hop_s) & (times_s <= piece.end_s + hop_s)
    if not len(spectra):
        return np.zeros((wanted, SPECTRUM.bands), np.float32), np.zeros(looks, np.bool_)
    loud = np.percentile(spectra.max(axis=1), _LOUD)
    settled = _changes(np.maximum(spectra, loud - _RANGE), SPECTRA_PER_LOOK * _SETTLE_LOOKS)
    after = wanted - skipped - len(settled)
    return np.pad(settled, ((skipped, after), (0, 0)), mode="edge"), inside


def agreement(lips: Floats, sound: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """How alike lips and sound are at each offset, (len(SHIFTS),) in [-1, 1]; NaN where too little sound is known.

    Args:
        lips: (T, D) embeddings of lips.
        sound: (T + 2 * MAX_SHIFT, D) embeddings of sound, from MAX_SHIFT looks before the first of the lips on.
        known: (T + 2 * MAX_SHIFT,) whether there is sound.

    It is the mean product of embeddings over their root mean squares: still lips and quiet sound weigh little. Offsets at which
    sound is known for a part of the looks only count for less, by the root of that part: chance alone moves them more.
    """
    looks = len(lips)
    heard = np.lib.stride_tricks.sliding_window_view(sound * known[:, None], looks, axis=0)  # (S, D, T)
    pairs = np.lib.stride_tricks.sliding_window_view(known, looks).sum(axis=1)  # (S,)
    products = np.einsum("td,sdt->s", lips, heard) / np.maximum(pairs, 1)
    alike = products * np.sqrt(pairs / looks) / (_size(lips) * _size(sound[known]))
    return np.where(pairs >= _LEAST_PAIRS, np.clip(alike, -1, 1), np.nan).astype(np.float32)


def best_shift(agreements: Floats) -> float:
    """The offset, in looks, at which lips and sound are most alike, to parts of a look by a parabola through the neighbours."""
    at = int(np.nanargmax(agreements))
    if not 0 < at < len(agreements) - 1 or np.isnan(agreements[at - 1 : at + 2]).any():
        return float(SHIFTS[at])
    before, peak, after = (float(value) for value in agreements[at - 1 : at + 2])
    bend = before - 2 * peak + after
    return SHIFTS[at] + (0.5 * (before - after) / bend if bend < 0 else 0.0)


def clearness(agreements: Floats) -> float:
    """[0, 1]: by how much the best offset is more alike than the median one (the confidence of SyncNet)."""
    return float(np.clip(np.nanmax(agreements) - np.nanmedian(agreements), 0.0, 1.0))


def misfit(agreements: Floats, looks: int) -> float:
    """How much better offsets beyond NATURAL_SHIFT fit than those within, for a window of `looks` looks; above 0 they do.

    The logarithm of the ratio of their mean likelihoods, with agreements as log-likelihoods. These count by the root of the time,
    because chance alone moves them by one over it: so this much means the same for windows of any length. NaN where either is
    unknown.
    """
    natural = np.abs(SHIFTS) <= NATURAL_SHIFT
    if np.isnan(agreements[natural]).all() or np.isnan(agreements[~natural]).all():
        return float("nan")
    likelihoods = np.exp(_SHARPNESS * np.sqrt(looks / MOUTH_RATE_FPS) * agreements.astype(np.float64))
    return float(np.log(np.nanmean(likelihoods[~natural]) / np.nanmean(likelihoods[natural])))


def _size(embeddings: Floats) -> float:
    """Root mean square length of embeddings (T, D)."""
    return max(float(np.sqrt(np.square(embeddings).sum(axis=1).mean())), 1e-6) if len(embeddings) else 1.0


def _changes(values: Floats, reach: int) -> Floats:
    """(T, V) less the mean over `reach` rows before and after each, or as many as there are."""
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    rows = np.arange(len(values))
    first, end = np.maximum(rows - reach, 0), np.minimum(rows + reach + 1, len(values))
    means = (total[end] - total[first]) / (end - first)[:, None]
    return np.asarray(values - means, dtype=np.float32)

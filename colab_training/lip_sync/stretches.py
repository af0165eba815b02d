"""What a network is shown of a clip: a stretch at a random pace, of a face and a sound that are changed a little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from av_sync_svc.lips import MAX_SHIFT, SPECTRA_PER_LOOK
from colab_training.lip_sync.mirror import MIRRORED
from colab_training.lip_sync.talks import Talk

Floats = NDArray[np.float32]

_PACE: Final = (0.85, 1.15)
_DEFLECTION: Final = (0.7, 1.4)
_JITTER: Final = 0.01
_SOUND_NOISE: Final = 0.6
_NOISE_FLOOR: Final = 40.0
_HIDDEN_BANDS: Final = 8
_WAVER: Final = 0.5
_EDGE: Final = 0.3


@dataclass(frozen=True, eq=False)
class Stretch:
    """Lips (T, LIP_VALUES), sound (SPECTRA_PER_LOOK * (T + 2 * MAX_SHIFT), bands), and where it is known (T + 2 * MAX_SHIFT,)."""

    lips: Floats
    sound: Floats
    known: NDArray[np.bool_]


def stretch_of(rng: np.random.Generator, talk: Talk, looks: int, late_looks: float) -> Stretch:
    """A stretch of `looks` looks in which lips and sound fit, once the sound is taken to come `late_looks` too late."""
    pace = min(rng.uniform(*_PACE), (talk.looks - 1) / (looks - 1))
    first = rng.uniform(0, max(0.0, talk.looks - 1 - (looks - 1) * pace))
    lips = _between(talk.lips, first + np.arange(looks) * pace)
    late = late_looks + rng.uniform(-_WAVER, _WAVER)
    steps = np.arange(SPECTRA_PER_LOOK * (looks + 2 * MAX_SHIFT)) - SPECTRA_PER_LOOK * MAX_SHIFT
    places = SPECTRA_PER_LOOK * (MAX_SHIFT + late + first) + steps * pace
    at = places[::SPECTRA_PER_LOOK] / SPECTRA_PER_LOOK
    heard = np.flatnonzero(talk.known)
    known = (at >= heard[0] - _EDGE) & (at <= heard[-1] + _EDGE)
    return Stretch(_another_face(rng, lips), _another_room(rng, _between(talk.sound, places)), known)


def _another_face(rng: np.random.Generator, lips: Floats) -> Floats:
    """Mirrored half of the time, livelier or calmer, with a jitter of the face mesh."""
    points = lips.reshape(len(lips), -1, 3)
    if rng.random() < 0.5:
        points = points[:, MIRRORED] * np.array([-1, 1, 1], np.float32)
    jitter = rng.normal(0, rng.uniform(0, _JITTER), points.shape)
    return (points * rng.uniform(*_DEFLECTION) + jitter).astype(np.float32).reshape(len(lips), -1)


def _another_room(rng: np.random.Generator, sound: Floats) -> Floats:
    """Noise, a raised floor, and bands that a codec or telephone swallows. Level and microphone are taken out before already."""
    changed = sound + rng.normal(0, rng.uniform(0, _SOUND_NOISE), sound.shape)
    if rng.random() < 0.5:
        changed = np.maximum(changed, np.percentile(changed, rng.uniform(0, _NOISE_FLOOR)))
    if rng.random() < 0.5:
        lowest = int(rng.integers(0, sound.shape[1] - _HIDDEN_BANDS + 2))
        changed[:, lowest : lowest + int(rng.integers(1, _HIDDEN_BANDS))] = 0
    return changed.astype(np.float32)


def _between(rows: Floats, places: NDArray[np.float64]) -> Floats:
    """Rows at fractional places; beyond the ends the first or last."""
    places = np.clip(places, 0, len(rows) - 1)
    before = places.astype(int)
    after = np.minimum(before + 1, len(rows) - 1)
    share = (places - before)[:, None].astype(np.float32)
    return np.asarray(rows[before] * (1 - share) + rows[after] * share, np.float32)

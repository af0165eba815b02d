"""Sound, faces and mouths for tests to get warm on."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from av_sync_svc.hearing import RATE_HZ, Hearing
from av_sync_svc.mouths import MOUTH_POINTS, MOUTH_RATE_FPS, Mouth
from kit.media.sound import SoundFacts, SoundPiece
from kit.media.spans import Span

_LENGTH_S: Final = 6.0
_FACE_PX: Final = 192


def noisy_hearing() -> Hearing:
    """Noise that is taken to be speech from beginning to end."""
    samples = np.random.default_rng(0).normal(0, 0.1, round(_LENGTH_S * RATE_HZ)).clip(-1, 1).astype(np.float32)
    facts = SoundFacts(_LENGTH_S, sample_rate_hz=RATE_HZ, channels=1, codec="pcm_s16le", truncated=False)
    whole = (Span(0.0, _LENGTH_S),)
    return Hearing(facts, (SoundPiece(0.0, samples, RATE_HZ),), speech=whole, examined=whole)


def noisy_picture() -> npt.NDArray[np.uint8]:
    """(H, W, 3) noise."""
    return np.random.default_rng(0).integers(0, 256, (_FACE_PX, _FACE_PX, 3), dtype=np.uint8)


def noisy_mouth() -> Mouth:
    """A mouth that jitters all the time."""
    times_s = np.arange(round(_LENGTH_S * MOUTH_RATE_FPS)) / MOUTH_RATE_FPS
    points = np.random.default_rng(0).normal(0, 0.5, (len(times_s), len(MOUTH_POINTS), 3)).astype(np.float32)
    return Mouth(0, times_s, points, float(_FACE_PX))

"""Recordings of speech from labelled, already clean files, for training.

It decodes outside the sandbox: not for files of strangers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

Sound = NDArray[np.float32]

RATE_HZ: Final = 16000
"""Samples a second of all sound that the training works on."""


def read_speech(path: Path) -> Sound:
    """Mono float32 samples (S,) in [-1, 1] at 16 kHz of a FLAC, WAV or Ogg file, channels averaged.

    Raises soundfile.LibsndfileError for a file that is missing or no sound.
    """
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    return mono if rate_hz == RATE_HZ else np.clip(soxr.resample(mono, rate_hz, RATE_HZ), -1, 1)

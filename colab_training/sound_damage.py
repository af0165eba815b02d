"""What happens to sound on its way: rooms, noise, levels, codecs. Both classes must get it alike, so that it tells nothing.

Everything keeps the length of the sound and its timing, and depends on the random generator alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from colab_training.sound_codecs import Coding, coded, resampled
from colab_training.speech_files import Sound

Codec = Callable[[Sound, int, np.random.Generator], Sound]

_TELEPHONE_HZ: Final = 8000
_SPEED_OF_DECAY: Final = np.log(1000.0)  # an amplitude falls by 60 dB in one reverberation time


def damage(samples: Sound, rate_hz: int, rng: np.random.Generator) -> Sound:
    """Samples (S,) in [-1, 1] after a random way: room, noise, level and up to two codecs, each of them or not.

    The answer is (S,), in step with the input, within [-1, 1].
    """
    if rng.random() < 0.3:
        samples = in_room(samples, rate_hz, rng)
    if rng.random() < 0.5:
        samples = noisy(samples, rate_hz, float(rng.uniform(10, 40)), rng)
    samples = louder(samples, float(rng.uniform(-12, 6)))
    for _ in range(int(rng.choice([0, 1, 2], p=[0.3, 0.55, 0.15]))):
        samples = CODECS[str(rng.choice(list(CODECS)))](samples, rate_hz, rng)
    return samples


def louder(samples: Sound, gain_db: float) -> Sound:
    """The same sound at another level; where it would exceed full scale, it is turned down instead of being clipped."""
    scaled = samples * np.float32(10 ** (gain_db / 20))
    return (scaled / max(1.0, float(np.max(np.abs(scaled), initial=0)))).astype(np.float32)


def noisy(samples: Sound, rate_hz: int, snr_db: float, rng: np.random.Generator) -> Sound:
    """Steady noise added, with a spectrum that falls by up to 9 dB an octave, and in a third of the cases mains hum.

    `snr_db` compares the power of the whole sound with that of the noise.
    """
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    shape = np.maximum(frequencies, 50) ** -float(rng.uniform(0, 1.5))
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(len(samples))) * shape, len(samples))
    if rng.random() < 1 / 3:
        noise = noise / (noise.std() + 1e-12) + _hum(len(samples), rate_hz, rng)
    wanted = np.sqrt(np.mean(np.square(samples, dtype=np.float64))) * 10 ** (-snr_db / 20)
    return _within(samples + noise * wanted / (noise.std() + 1e-12))


def in_room(samples: Sound, rate_hz: int, rng: np.random.Generator) -> Sound:
    """The sound in a small to large room: direct sound, and noise that dies away within 0.1 to 0.8 s (Polack 1988)."""
    seconds = float(rng.uniform(0.1, 0.8))
    times_s = np.arange(round(seconds * rate_hz)) / rate_hz
    response = rng.standard_normal(len(times_s)) * np.exp(-_SPEED_OF_DECAY * times_s / seconds)
    response[: round(0.002 * rate_hz)] = 0
    response *= 10 ** (float(rng.uniform(-18, 0)) / 20) / (np.sqrt(np.sum(response**2)) + 1e-12)
    response[0] = 1
    size = len(samples) + len(response)
    heard = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: len(samples)]
    level = np.sqrt(np.mean(np.square(samples, dtype=np.float64)) / (np.mean(heard**2) + 1e-12))
    return _within(heard * level)


def opus(samples: Sound, rate_hz: int, rng: np.random.Generator) -> Sound:
    """Opus at 12 to 48 kbit/s, as in messengers."""
    return coded(samples, rate_hz, Coding("libopus", "ogg", 48000, int(rng.choice([12, 16, 24, 32, 48])) * 1000))


def mp3(samples: Sound, rate_hz: int, rng: np.random.Generator) -> Sound:
    """MP3 at 32 to 128 kbit/s."""
    fed_hz, kilobits = (16000, (32, 48, 64)) if rng.random() < 0.5 else (44100, (48, 64, 96, 128))
    return coded(samples, rate_hz, Coding("libmp3lame", "mp3", fed_hz, int(rng.choice(kilobits)) * 1000))


def aac(samples: Sound, rate_hz: int, rng: np.random.Generator) -> Sound:
    """AAC-LC at 24 to 128 kbit/s, as in videos."""
    fed_hz, kilobits = (16000, (24, 32, 48)) if rng.random() < 0.5 else (44100, (48, 64, 96, 128))
    return coded(samples, rate_hz, Coding("aac", "adts", fed_hz, int(rng.choice(kilobits)) * 1000))


def telephone(samples: Sound, rate_hz: int, rng: np.random.Generator) -> Sound:
    """300 to 3400 Hz, then G.711 (mu-law) or AMR narrow-band at 4.75 to 12.2 kbit/s."""
    narrow = _within(_band(resampled(samples, rate_hz, _TELEPHONE_HZ)))
    bits = int(rng.choice([4750, 7950, 12200]))
    amr = Coding("libopencore_amrnb", "amr", _TELEPHONE_HZ, bits)
    carried = _mu_law(narrow) if rng.random() < 0.5 else coded(narrow, _TELEPHONE_HZ, amr)
    heard = resampled(carried, _TELEPHONE_HZ, rate_hz)[: len(samples)]
    return np.pad(heard, (0, len(samples) - len(heard)))


CODECS: Final[Mapping[str, Codec]] = {"opus": opus, "mp3": mp3, "aac": aac, "telephone": telephone}
"""By name, for tables of what a test is worth under each."""


def _hum(length: int, rate_hz: int, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    base_hz = float(rng.choice([50.0, 60.0])) + float(rng.normal(0, 0.02))
    times_s = np.arange(length) / rate_hz
    tones = [
        float(rng.uniform(0, 1)) / order * np.sin(2 * np.pi * (base_hz * order * times_s + rng.random()))
        for order in (1, 2, 3, 5)
    ]
    return np.asarray(np.sum(tones, axis=0), dtype=np.float64)


def _band(samples: Sound) -> Sound:
    """300 to 3400 Hz of telephone sound, with flanks of about 50 Hz."""
    frequencies = np.fft.rfftfreq(len(samples), 1 / _TELEPHONE_HZ)
    passed = 1 / (1 + np.exp(-(frequencies - 300) / 25)) / (1 + np.exp((frequencies - 3400) / 25))
    return np.fft.irfft(np.fft.rfft(samples) * passed, len(samples)).astype(np.float32)


def _mu_law(samples: Sound) -> Sound:
    """ITU-T G.711 with mu = 255: 8 bits, finer for what is quiet."""
    squeezed = np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256)
    steps = np.round(squeezed * 127) / 127
    return (np.sign(steps) * np.expm1(np.abs(steps) * np.log(256)) / 255).astype(np.float32)


def _within(samples: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> Sound:
    """Turned down to full scale where it would exceed it."""
    return (samples / max(1.0, float(np.max(np.abs(samples), initial=0)))).astype(np.float32)

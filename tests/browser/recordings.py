"""The sound that the tests hand in: somebody hums two sentences in eight seconds."""

from __future__ import annotations

import io
import wave
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
LENGTH_S = 8
SPEECH_S = ((0.4, 3.0), (3.6, 6.2))


@cache
def samples() -> npt.NDArray[np.int16]:
    """A voice of 120 Hz whose pitch and vowels waver, over faint noise; shape (S,)."""
    times = np.arange(LENGTH_S * RATE_HZ) / RATE_HZ
    pitch_hz = 120 * (1 + 0.15 * np.sin(2.1 * times))
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    vowel_hz = 900 + 600 * np.sin(5.3 * times)
    voice = np.zeros(times.size)
    for number in range(1, 40):
        voice += np.exp(-(((number * pitch_hz - vowel_hz) / 700) ** 2)) * np.sin(number * phase) / number**0.3
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 3.1 * times)
    spoken = sum(((start <= times) & (times < end)).astype(float) for start, end in SPEECH_S)
    sound = 0.25 * voice * syllables * spoken + 0.003 * np.random.default_rng(7).normal(size=times.size)
    return np.asarray(np.clip(sound, -1, 1) * 32_000, np.int16)


@cache
def wav() -> bytes:
    """PCM in WAV, mono, which every browser plays."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE_HZ)
        written.writeframes(samples().tobytes())
    return file.getvalue()


@cache
def loudness(columns: int, bands: int) -> npt.NDArray[np.uint8]:
    """Decibels by time and mel band as the contract has them, shape (columns, bands): 255 is the loudest, 1 is 80 dB below."""
    hop = samples().size // columns
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples().astype(float), 512), 1024)[::hop][:columns]
    power = np.abs(np.fft.rfft(frames * np.hanning(1024))) ** 2  # (columns, 513)
    edges_hz = 700 * (10 ** (np.linspace(0, np.log10(1 + 8000 / 700), bands + 1)) - 1)
    cells = np.minimum((edges_hz / 8000 * 512).astype(int), 511)
    mean = np.stack([power[:, a : max(b, a + 1)].mean(axis=1) for a, b in pairwise(cells)], axis=1)
    decibels = 10 * np.log10(mean / mean.max() + 1e-12)
    return np.asarray(np.clip(255 + decibels / 80 * 254, 1, 255), np.uint8)

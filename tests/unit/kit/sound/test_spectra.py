from __future__ import annotations

import numpy as np
import pytest

from kit.sound.spectra import log_mel, mel_filters
from telltale.model.v1 import card_pb2

RATE_HZ = 16_000
SPECTRUM = card_pb2.MelSpectrum(fft_samples=512, window_samples=400, hop_samples=160, bands=40, low_hz=0, high_hz=8_000)


def tone(hz: float, amplitude: float = 1.0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)


@pytest.mark.parametrize(
    ("rate_hz", "fft", "bands", "low_hz", "high_hz"),
    [(16_000, 512, 64, 0.0, 8_000.0), (16_000, 400, 80, 20.0, 7_600.0), (48_000, 2_048, 128, 1_200.0, 20_000.0)],
)
def test_filters_are_those_of_librosa(rate_hz: int, fft: int, bands: int, low_hz: float, high_hz: float) -> None:
    filters = pytest.importorskip("librosa.filters", reason="needs librosa, which serving does without")
    theirs = filters.mel(sr=rate_hz, n_fft=fft, n_mels=bands, fmin=low_hz, fmax=high_hz)
    assert mel_filters(rate_hz, fft, bands, low_hz, high_hz) == pytest.approx(theirs, abs=1e-7)


def test_frames_lie_within_the_sound_without_padding() -> None:
    assert log_mel(tone(440), RATE_HZ, SPECTRUM).shape == (40, 1 + (RATE_HZ - 512) // 160)
    assert log_mel(tone(440)[:512], RATE_HZ, SPECTRUM).shape == (40, 1)
    assert log_mel(tone(440)[:511], RATE_HZ, SPECTRUM).shape == (40, 0)


def test_a_tone_is_loudest_in_its_band() -> None:
    centres = mel_filters(RATE_HZ, 512, 40, 0.0, 8_000.0).argmax(axis=1) * RATE_HZ / 512
    for hz in (300.0, 1_000.0, 4_000.0):
        loudest = log_mel(tone(hz), RATE_HZ, SPECTRUM).mean(axis=1).argmax()
        assert centres[loudest] == pytest.approx(hz, rel=0.08)


def test_ten_times_the_power_is_ln_10_more() -> None:
    quiet, loud = (log_mel(tone(1_000, level), RATE_HZ, SPECTRUM).max() for level in (0.1, 0.1 * 10**0.5))
    assert loud - quiet == pytest.approx(np.log(10), abs=1e-3)


def test_silence_is_the_floor() -> None:
    assert log_mel(np.zeros(1_000, np.float32), RATE_HZ, SPECTRUM) == pytest.approx(np.log(1e-10))


def test_long_sound_is_the_same_as_its_parts() -> None:
    sound = np.tile(tone(700), 50)
    whole, part = log_mel(sound, RATE_HZ, SPECTRUM), log_mel(sound[160 * 4_500 :][: 512 + 160 * 9], RATE_HZ, SPECTRUM)
    assert whole.shape[1] > 4_600
    assert whole[:, 4_500:4_510] == pytest.approx(part, abs=1e-4)

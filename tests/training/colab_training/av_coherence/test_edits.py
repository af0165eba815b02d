from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.av_coherence.edits import JOINS, KINDS, Edited, edited, room_for, untouched, with_silence
from colab_training.speech_files import RATE_HZ, Sound

LENGTH = 2 * RATE_HZ


def host() -> Sound:
    """A ramp: every sample tells where it comes from."""
    return np.linspace(0.1, 0.5, 3 * RATE_HZ, dtype=np.float32)


def donor() -> Sound:
    return np.linspace(-0.5, -0.1, 3 * RATE_HZ, dtype=np.float32)


def of(kind: str, join: str = "hard", seed: int = 0) -> Edited:
    other = donor() if kind.endswith("other") or kind == "concatenation" else host()
    return edited(kind, join, host(), other, LENGTH, np.random.default_rng(seed))


def jumps_s(samples: Sound) -> list[float]:
    """Where the ramp is left."""
    at = np.flatnonzero(np.abs(np.diff(samples)) > 1e-4) + 1
    return [float(sample) / RATE_HZ for sample in at]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", KINDS)
def test_hard_cuts_are_where_the_seams_are_said_to_be(kind: str, seed: int) -> None:
    made = of(kind, seed=seed)
    assert made.samples.shape == (LENGTH,)
    seams = 2 if kind.startswith(("insertion", "replacement")) else 1
    assert len(made.seams_s) == seams
    assert jumps_s(made.samples) == pytest.approx(list(made.seams_s), abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("join", JOINS)
def test_seams_keep_half_a_second_from_both_ends(join: str, seed: int) -> None:
    for kind in KINDS:
        seams_s = of(kind, join, seed).seams_s
        assert min(seams_s) >= 0.5
        assert max(seams_s) <= LENGTH / RATE_HZ - 0.5


def test_faded_joins_have_no_jump() -> None:
    assert jumps_s(of("concatenation", "fade").samples) != jumps_s(of("concatenation", "hard").samples)
    assert np.abs(np.diff(of("concatenation", "fade").samples)).max() < 0.02


def test_cuts_at_zero_crossings_join_rising_sound_with_rising_sound() -> None:
    tone = np.sin(2 * np.pi * 300 * np.arange(3 * RATE_HZ) / RATE_HZ).astype(np.float32)
    made = edited("concatenation", "zero_crossing", tone, -tone, LENGTH, np.random.default_rng(0))
    seam = round(made.seams_s[0] * RATE_HZ)
    assert made.samples[seam - 1] < 0.01
    assert np.abs(np.diff(made.samples)).max() < 0.2


def test_inserted_words_come_from_the_donor() -> None:
    made = of("insertion_other")
    first, second = (round(seam_s * RATE_HZ) for seam_s in made.seams_s)
    assert (made.samples[first:second] < 0).all()
    assert (made.samples[:first] > 0).all()


def test_every_kind_has_room_in_the_shortest_host() -> None:
    for kind in KINDS:
        short = host()[: LENGTH + room_for(kind)]
        for seed in range(20):
            made = edited(kind, "zero_crossing", short, short, LENGTH, np.random.default_rng(seed))
            assert made.samples.shape == (LENGTH,)


def test_untouched_stretches_have_no_seam() -> None:
    made = untouched(host(), LENGTH, np.random.default_rng(0))
    assert made.seams_s == ()
    assert jumps_s(made.samples) == []


def test_silence_moves_the_seams_with_the_sound() -> None:
    for seed in range(6):
        made = with_silence(of("concatenation"), np.random.default_rng(seed))
        seam = round(made.seams_s[0] * RATE_HZ)
        assert abs(made.samples[seam] - made.samples[seam - 1]) > 0.1
        assert len(made.samples) >= LENGTH + 0.4 * RATE_HZ

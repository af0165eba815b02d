"""Augmented clips have the size that was asked for, and what is done to one picture is done to all."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("av", reason="the media library is not installed")

from colab_training.video.augment import augmented

STILL = np.repeat(np.random.default_rng(5).integers(0, 256, (1, 128, 128, 3), dtype=np.uint8), 16, axis=0)


@pytest.mark.parametrize("seed", range(6))
def test_a_clip_becomes_one_of_the_wanted_size(seed: int) -> None:
    made = augmented(np.random.default_rng(seed), STILL, 1.1, 48)
    assert made.shape == (16, 48, 48, 3)
    assert made.dtype == np.uint8


def test_the_same_seed_makes_the_same_clip_and_another_another_one() -> None:
    first, again, other = (augmented(np.random.default_rng(seed), STILL, 1.1, 48) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_still_person_only_gets_noise() -> None:
    # Where pictures were moved, mirrored or recoloured each on its own, a still face would seem to move.
    for seed in range(12):
        made = augmented(np.random.default_rng(seed), STILL, 1.1, 48).astype(float)
        assert np.abs(made - made.mean(axis=0)).mean() < 6


def test_some_clips_run_backwards() -> None:
    rising = np.broadcast_to(np.arange(60, 188, 8, dtype=np.uint8)[:, None, None, None], STILL.shape)
    trends = [
        np.diff(augmented(np.random.default_rng(seed), rising, 1.1, 32).mean(axis=(1, 2, 3))).mean()
        for seed in range(30)
    ]
    assert 3 <= sum(trend < 0 for trend in trends) <= 20

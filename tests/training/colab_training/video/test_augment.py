"""Augmented clips keep their size, and what is done to one picture is done to all."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("av", reason="the media library is not installed")

from colab_training.video.augment import degraded

STILL = np.repeat(np.random.default_rng(5).integers(0, 256, (1, 128, 128, 3), dtype=np.uint8), 16, axis=0)


@pytest.mark.parametrize("seed", range(6))
def test_a_clip_keeps_its_size_and_changes(seed: int) -> None:
    made = degraded(np.random.default_rng(seed), STILL)
    assert made.shape == STILL.shape
    assert made.dtype == np.uint8
    assert (made != STILL).any()


def test_the_same_seed_makes_the_same_clip_and_another_another_one() -> None:
    first, again, other = (degraded(np.random.default_rng(seed), STILL) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_still_person_only_gets_noise() -> None:
    # Where pictures were reduced, blurred or recoloured each on its own, a still face would seem to waver.
    for seed in range(12):
        made = degraded(np.random.default_rng(seed), STILL).astype(float)
        assert np.abs(made - made.mean(axis=0)).mean() < 6


def test_pictures_stay_in_their_order() -> None:
    rising = np.broadcast_to(np.arange(60, 188, 8, dtype=np.uint8)[:, None, None, None], STILL.shape)
    for seed in range(6):
        assert (np.diff(degraded(np.random.default_rng(seed), rising).mean(axis=(1, 2, 3))) > 0).all()


def test_a_clip_is_not_changed_by_what_is_made_of_it() -> None:
    clip = STILL.copy()
    degraded(np.random.default_rng(0), clip)
    np.testing.assert_array_equal(clip, STILL)

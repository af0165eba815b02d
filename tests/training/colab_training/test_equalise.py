"""All pictures go through one pipeline, and its dice are thrown from the seed."""

from __future__ import annotations

import numpy as np

from colab_training.equalise import Equalisation, equalise, relight
from kit.convert.tensor import Picture


def picture() -> Picture:
    return np.random.default_rng(0).integers(0, 256, (120, 100, 3), dtype=np.uint8)


def test_the_same_seed_gives_the_same_picture() -> None:
    first, second = (equalise(picture(), Equalisation(), np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_sizes_stay_within_their_range() -> None:
    how = Equalisation(resize_share=1.0, min_side_px=50, max_side_px=60)
    sides = [max(equalise(picture(), how, np.random.default_rng(seed)).shape) for seed in range(40)]
    assert min(sides) >= 50
    assert max(sides) <= 60


def test_compression_alone_changes_pixels_but_not_size() -> None:
    how = Equalisation(0.0, 0.0, 50, 60, 0.0, 0.0, 1.0, 40, 45)
    compressed = equalise(picture(), how, np.random.default_rng(1))
    assert compressed.shape == (120, 100, 3)
    assert (compressed != picture()).mean() > 0.5


def test_without_steps_a_picture_is_only_ever_mirrored() -> None:
    how = Equalisation(0.0, 0.0, 50, 60, 0.0, 0.0, 0.0, 40, 45)
    for seed in range(6):
        result = equalise(picture(), how, np.random.default_rng(seed))
        assert any(np.array_equal(result, other) for other in (picture(), picture()[:, ::-1]))


def test_light_without_strength_changes_nothing() -> None:
    np.testing.assert_array_equal(relight(picture(), np.random.default_rng(0), 0.0), picture())

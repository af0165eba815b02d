from __future__ import annotations

import numpy as np
import pytest

from colab_training.whole_picture.camera import denoised, processed, resampled, sharpened
from tests.support.image import noisy_picture


@pytest.mark.parametrize("seed", range(8))
def test_ordinary_processing_keeps_the_size_and_depends_on_the_seed_alone(seed: int) -> None:
    picture = noisy_picture(97, 130)
    first, second = (processed(picture, np.random.default_rng(seed)) for _ in range(2))
    assert first.shape == picture.shape
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, second)


def test_noise_suppression_takes_noise_and_sharpening_adds_it() -> None:
    picture, rng = noisy_picture(128, 128), np.random.default_rng(0)
    assert denoised(picture, rng).std() < picture.std() < sharpened(picture, rng).std()


def test_resampling_changes_the_pixels_but_not_the_picture() -> None:
    picture = noisy_picture(128, 128)
    again = resampled(picture, np.random.default_rng(1))
    assert (again != picture).any()
    assert abs(again.mean() - picture.mean()) < 1

from __future__ import annotations

import cv2
import numpy as np

from image_svc.residuals import co_occurrence, compare, face_parts, patch_grid, patch_means
from tests.support.image import noisy_picture

FACE = (64.0, 64.0, 192.0, 192.0)


def test_a_patch_mean_covers_sixteen_pixels_every_eight() -> None:
    plane = np.zeros((32, 40), dtype=np.float32)
    plane[:16, :16] = 1
    means = patch_means(plane)
    assert means.shape == (3, 4)
    assert means[:, :3].tolist() == [[1, 0.5, 0], [0.5, 0.25, 0], [0, 0, 0]]


def test_twice_the_noise_is_log_two_more_energy() -> None:
    quiet, loud = (np.median(patch_grid(noisy_picture(sigma=s)).values[..., 0]) for s in (5, 10))
    assert abs(loud - quiet - np.log(2)) < 0.05


def test_centres_lie_in_the_middle_of_their_patches() -> None:
    across, down = patch_grid(noisy_picture(64, 48)).centres_px()
    assert across.ravel().tolist() == [8, 16, 24, 32, 40]
    assert (down[0, 0], down[-1, 0]) == (8, 56)


def test_saturated_and_flat_patches_are_not_usable() -> None:
    picture = noisy_picture(128, 128)
    picture[:64] = 255
    picture[64:, :64] = 128
    usable = patch_grid(picture).usable
    assert not usable[:7].any()
    assert not usable[8:, :6].any()
    assert usable[8:, 8:].all()


def test_even_noise_shows_no_difference_between_face_and_surroundings() -> None:
    comparison = compare(noisy_picture(), FACE)
    assert comparison is not None
    assert np.abs(comparison.features[:12]).max() < 0.1
    assert np.median(comparison.anomaly) < 1.5


def test_a_smoothed_face_is_quieter_than_its_surroundings_and_glows_in_the_map() -> None:
    picture = noisy_picture()
    picture[80:176, 80:176] = cv2.GaussianBlur(picture, (0, 0), 1.5)[80:176, 80:176]
    comparison = compare(picture, FACE)
    assert comparison is not None
    assert comparison.features[0] < -1
    assert comparison.anomaly[12:18, 12:18].min() > 3 * np.median(comparison.anomaly[:6])


def test_features_are_finite_and_there_are_86() -> None:
    comparison = compare(noisy_picture(), FACE)
    assert comparison is not None
    assert comparison.features.shape == (86,)
    assert np.isfinite(comparison.features).all()


def test_nothing_can_be_compared_where_nothing_is_around_the_face_or_all_is_saturated() -> None:
    assert compare(noisy_picture(64, 64), (-100, -100, 164, 164)) is None
    assert compare(np.full((256, 256, 3), 255, dtype=np.uint8), FACE) is None


def test_core_and_surroundings_are_apart_with_a_gap_between() -> None:
    x = np.arange(256, dtype=np.float32)
    core, around = face_parts(x[None, :], x[:, None], FACE)
    assert (core[128, 128], around[128, 128]) == (True, False)
    assert (core[0, 0], around[0, 0]) == (False, True)
    assert (core[128, 180], around[128, 180]) == (False, False)


def test_pairs_of_a_constant_residual_all_fall_into_one_class() -> None:
    shares = np.exp(co_occurrence(np.zeros((50, 50), dtype=np.float32), np.ones((50, 50), dtype=bool)))
    assert shares.shape == (26,)
    assert shares[12] > 0.99
    assert np.isclose(shares[:13].sum(), 1)


def test_a_pair_and_its_negative_count_alike() -> None:
    residual = np.random.default_rng(0).normal(0, 1, (40, 40)).astype(np.float32)
    everywhere = np.ones((40, 40), dtype=bool)
    assert np.allclose(co_occurrence(residual, everywhere), co_occurrence(-residual, everywhere))

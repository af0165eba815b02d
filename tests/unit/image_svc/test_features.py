from __future__ import annotations

import cv2
import numpy as np
import pytest

from image_svc.features import (
    FREQUENCY_WINDOW,
    Window,
    block_dct,
    block_dct_statistics,
    blockiness,
    directional_spectrum,
    frequency_features,
    luma_chroma,
    radial_spectrum,
)
from tests.support.image import a_face, compressed, noisy_picture


def wave(period_px: float, side_px: int = 128) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    x = np.arange(side_px, dtype=np.float32)
    return np.tile(128 + 50 * np.sin(2 * np.pi * x / period_px), (side_px, 1)).astype(np.float32)


@pytest.mark.parametrize("period_px", [2.56, 4, 8, 16])
def test_the_spectrum_of_a_wave_peaks_at_its_frequency(period_px: float) -> None:
    peak = int(np.argmax(radial_spectrum(wave(period_px))))
    assert (peak + 1) / 32 == pytest.approx(2 / period_px, abs=1 / 32)


def test_the_spectrum_of_white_noise_is_flat_and_its_level_is_the_variance() -> None:
    noise = np.random.default_rng(0).normal(128, 10, (512, 512)).astype(np.float32)
    assert np.allclose(radial_spectrum(noise)[1:], np.log(100), atol=0.2)


def test_the_spectrum_does_not_depend_on_the_size_of_the_window() -> None:
    noise = np.random.default_rng(0).normal(128, 10, (512, 512)).astype(np.float32)
    assert np.allclose(radial_spectrum(noise)[4:], radial_spectrum(noise[:200, :200])[4:], atol=0.3)


def test_enlarging_a_picture_empties_its_high_frequencies() -> None:
    noise = np.random.default_rng(0).normal(128, 10, (128, 128)).astype(np.float32)
    enlarged = cv2.resize(noise, (256, 256), interpolation=cv2.INTER_CUBIC)
    assert radial_spectrum(np.asarray(enlarged, np.float32))[-4:].max() < radial_spectrum(noise)[-4:].min() - 3


def test_the_block_dct_is_that_of_opencv_block_by_block() -> None:
    plane = np.random.default_rng(1).uniform(0, 255, (16, 24)).astype(np.float32)
    coefficients = block_dct(plane)
    assert coefficients.shape == (6, 8, 8)
    assert np.allclose(coefficients[4], cv2.dct(np.ascontiguousarray(plane[8:16, 8:16])), atol=1e-2)


def test_rows_and_columns_beyond_the_last_whole_block_are_not_used() -> None:
    plane = np.random.default_rng(1).uniform(0, 255, (20, 23)).astype(np.float32)
    assert np.array_equal(block_dct(plane), block_dct(plane[:16, :16]))


def test_block_statistics_of_noise_are_those_of_a_gaussian() -> None:
    noise = np.random.default_rng(2).normal(128, 10, (512, 512)).astype(np.float32)
    magnitude, peaked, quiet = np.split(block_dct_statistics(noise), 3)
    assert np.allclose(magnitude, np.log(10 * np.sqrt(2 / np.pi)), atol=0.05)
    assert np.allclose(peaked, np.log(np.pi / 2), atol=0.05)
    assert quiet.max() < 0.06


def test_compression_silences_high_coefficients() -> None:
    clean = noisy_picture(sigma=3)
    before, after = (block_dct_statistics(luma_chroma(p)[0])[28 + 8 :] for p in (clean, compressed(clean, 50)))
    assert after.min() > before.max()


def test_blockiness_is_one_without_compression_and_grows_with_it() -> None:
    smooth = cv2.resize(noisy_picture(24, 24, sigma=50), (256, 256), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    clean, fair, poor = (
        blockiness(luma_chroma(p)[0]) for p in (smooth, compressed(smooth, 50), compressed(smooth, 10))
    )
    assert clean == pytest.approx(1, abs=0.1)
    assert clean < fair < poor


def test_a_flat_picture_has_finite_features() -> None:
    flat = np.full((80, 80, 3), 128, dtype=np.uint8)
    assert np.isfinite(frequency_features(flat)).all()
    assert np.isfinite(blockiness(luma_chroma(flat)[0]))


def test_there_are_294_frequency_features() -> None:
    assert frequency_features(noisy_picture(64, 64)).shape == (294,)


def test_white_noise_has_no_direction() -> None:
    noise = np.random.default_rng(0).normal(128, 10, (512, 512)).astype(np.float32)
    features = directional_spectrum(noise)
    assert features.shape == (156,)
    assert np.abs(features[4:32]).max() < 0.6
    assert np.abs(features[36:64]).max() < 0.6


@pytest.mark.parametrize(("axis", "found"), [(1, slice(0, 32)), (0, slice(32, 64))], ids=["across", "down"])
def test_a_wave_sticks_out_on_its_axis(axis: int, found: slice) -> None:
    noise = np.random.default_rng(0).normal(0, 3, (256, 256)).astype(np.float32)
    lines = wave(4, 256) if axis else wave(4, 256).T
    along = directional_spectrum(lines + noise)[found]
    assert int(np.argmax(along)) == 15  # half of Nyquist
    assert along.max() > 2


def test_enlarging_by_repetition_empties_the_ends_of_the_axes() -> None:
    noise = np.random.default_rng(0).normal(128, 10, (128, 128)).astype(np.float32)
    repeated, smooth = (
        directional_spectrum(np.asarray(cv2.resize(noise, (256, 256), interpolation=how), np.float32))
        for how in (cv2.INTER_NEAREST, cv2.INTER_CUBIC)
    )
    assert repeated[31] < smooth[31] - 1
    assert repeated[63] < smooth[63] - 1


def test_a_window_surrounds_the_face_and_starts_on_the_grid() -> None:
    left, top, right, bottom = FREQUENCY_WINDOW.around(a_face(left=101, top=53, side=100), noisy_picture(400, 400))
    assert left % 8 == top % 8 == 0
    assert 84 <= left <= 91
    assert (right, bottom) == (211, 163)


def test_a_window_stays_inside_the_picture_and_below_its_longest_side() -> None:
    picture = noisy_picture(300, 300)
    assert Window(4.0, 10_000).around(a_face(), picture) == (0, 0, 300, 300)
    left, top, right, bottom = Window(4.0, 100).around(a_face(side=200), picture)
    assert max(right - left, bottom - top) <= 100 + 8

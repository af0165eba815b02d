"""Spliced faces change where their mask says, and nowhere else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colab_training.noise_residual.splices import FACES, PARTS, Face, mirrored, part_mask, splice

LANDMARKS = np.array([[80, 80], [120, 80], [100, 100], [85, 120], [115, 120]], np.float32)


def a_person(seed: int) -> Face:
    coarse = np.random.default_rng(seed).integers(60, 190, (25, 25, 3), dtype=np.uint8)
    return Face(np.asarray(cv2.resize(coarse, (200, 200), interpolation=cv2.INTER_CUBIC), np.uint8), LANDMARKS)


@pytest.mark.parametrize("seed", range(24))
def test_pixels_outside_the_mask_stay_as_they_were(seed: int) -> None:
    made = splice(a_person(0), a_person(1), 0.3, np.random.default_rng(seed))
    changed = (made.pixels != a_person(0).pixels).any(axis=2)
    assert made.mask.shape == (200, 200)
    assert 0 <= made.mask.min() < made.mask.max() <= 1
    assert not changed[made.mask == 0].any()


@pytest.mark.parametrize("seed", range(24))
def test_most_pixels_well_inside_the_mask_are_new(seed: int) -> None:
    made = splice(a_person(0), a_person(1), 0.3, np.random.default_rng(seed))
    changed = (made.pixels != a_person(0).pixels).any(axis=2)
    assert changed[made.mask > 0.5].mean() > 0.7


def test_a_part_of_the_own_face_is_pasted_too() -> None:
    made = [splice(a_person(0), a_person(0), 0.0, np.random.default_rng(seed)) for seed in range(6)]
    assert all((each.pixels != a_person(0).pixels).any() for each in made)


def test_the_donor_stays_as_it_is() -> None:
    donor = a_person(1)
    splice(a_person(0), donor, 0.5, np.random.default_rng(0))
    assert np.array_equal(donor.pixels, a_person(1).pixels)


def test_landmarks_on_one_spot_do_no_harm() -> None:
    spot = Face(a_person(1).pixels, np.full((5, 2), 50, np.float32))
    assert splice(a_person(0), spot, 0.0, np.random.default_rng(0)).pixels.shape == (200, 200, 3)


def test_parts_lie_where_their_landmarks_are() -> None:
    centres = [
        np.argwhere(part_mask((200, 200), LANDMARKS, part, np.random.default_rng(0)) > 0).mean(axis=0)
        for part in PARTS[:5]
    ]
    expected = [(80, 100), (80, 82), (80, 118), (102, 100), (122, 100)]
    assert np.allclose(centres, expected, atol=4)


def test_a_face_is_larger_than_its_parts() -> None:
    areas = [part_mask((200, 200), LANDMARKS, p, np.random.default_rng(0)).sum() for p in (*PARTS, *FACES)]
    assert min(areas[-2:]) > max(areas[:-2])


def test_the_mirror_keeps_the_order_of_the_landmarks() -> None:
    seen = mirrored(Face(a_person(0).pixels, LANDMARKS + 10))
    assert seen.landmarks_px[0, 0] < seen.landmarks_px[1, 0]
    assert np.array_equal(mirrored(seen).landmarks_px, LANDMARKS + 10)
    assert np.array_equal(mirrored(seen).pixels, a_person(0).pixels)


def test_shares_of_parts_and_faces_are_whole() -> None:
    assert [sum(part.share for part in parts) for parts in (PARTS, FACES)] == pytest.approx([1, 1])

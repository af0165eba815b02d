"""Faces move with their pixels."""

from __future__ import annotations

import numpy as np
import pytest

from colab_training.face_finder.annotated import Annotated, joined, mirrored, placed, scaled, window

EYES_NOSE_MOUTH = [[12, 20], [18, 20], [15, 25], [13, 30], [17, 30]]


@pytest.fixture
def picture() -> Annotated:
    """100 by 60 px with one white pixel at the nose."""
    pixels = np.zeros((60, 100, 3), np.uint8)
    pixels[25, 15] = 255
    boxes, landmarks = np.asarray([[10, 15, 20, 35]], np.float32), np.asarray([EYES_NOSE_MOUTH], np.float32)
    return Annotated(pixels, boxes, landmarks)


def test_mirroring_swaps_the_eyes_and_the_corners_of_the_mouth(picture: Annotated) -> None:
    other = mirrored(picture)
    assert other.boxes[0].tolist() == [80, 15, 90, 35]
    assert other.landmarks[0].tolist() == [[82, 20], [88, 20], [85, 25], [83, 30], [87, 30]]


def test_mirroring_twice_changes_nothing(picture: Annotated) -> None:
    twice = mirrored(mirrored(picture))
    np.testing.assert_array_equal(twice.pixels, picture.pixels)
    np.testing.assert_array_equal(twice.landmarks, picture.landmarks)


def test_a_window_moves_the_face_and_lets_its_box_reach_out(picture: Annotated) -> None:
    part = window(picture, 12, 10, 50, 40)
    assert part.boxes[0].tolist() == [-2, 5, 8, 25]
    assert part.pixels[15, 3].tolist() == [255, 255, 255]


def test_scaling_scales_both_directions_by_themselves(picture: Annotated) -> None:
    half = scaled(picture, 50, 120)
    assert half.pixels.shape == (120, 50, 3)
    assert half.boxes[0].tolist() == [5, 30, 10, 70]
    assert half.landmarks[0, 2].tolist() == [7.5, 50]


def test_a_picture_may_overhang_its_canvas(picture: Annotated) -> None:
    laid = placed(picture, np.full((40, 40, 3), 7, np.uint8), -10, 5)
    assert laid.boxes[0].tolist() == [0, 20, 10, 40]
    assert laid.pixels[30, 5].tolist() == [255, 255, 255]
    assert laid.pixels[4, 20].tolist() == [7, 7, 7]


def test_joining_nothing_is_a_picture_without_faces() -> None:
    empty = joined(np.zeros((4, 4, 3), np.uint8), [])
    assert empty.boxes.shape == (0, 4)
    assert empty.landmarks.shape == (0, 5, 2)

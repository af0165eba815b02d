"""Where a face is in a clip, and how one face is laid upon another."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("av", reason="the media library is not installed")

from colab_training.video.footage import TEMPLATE, placed, similarity
from tests.training.colab_training.video.made_up import footage


def turned(points: np.ndarray, angle: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    matrix = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return points @ matrix.T + shift


@pytest.mark.parametrize(("angle", "scale"), [(0.0, 1.0), (0.4, 50.0), (-2.0, 0.3)])
def test_a_similarity_is_found_again(angle: float, scale: float) -> None:
    target = turned(TEMPLATE, angle, scale, (7.0, -3.0))
    np.testing.assert_allclose(placed(TEMPLATE, similarity(TEMPLATE, target)), target, atol=1e-9)


def test_faces_are_never_mirrored() -> None:
    mirrored = TEMPLATE * (-1, 1)
    matrix = similarity(TEMPLATE, mirrored)
    assert np.linalg.det(matrix[:, :2]) > 0


def test_a_point_that_stands_for_a_whole_face_does_no_harm() -> None:
    assert np.isfinite(similarity(np.zeros((5, 2)), TEMPLATE)).all()


def test_what_is_cut_out_keeps_the_face_where_it_was() -> None:
    whole = footage()
    left, top, right, bottom = box = whole.surroundings()
    near = whole.cut(box)
    assert near.pixels.shape == (whole.frames, bottom - top, right - left, 3)
    np.testing.assert_array_equal(near.landmarks + np.array([left, top]), whole.landmarks)
    np.testing.assert_array_equal(near.boxes[:, :2] + np.array([left, top]), whole.boxes[:, :2])


def test_surroundings_hold_the_face_of_every_picture_and_end_with_the_picture() -> None:
    whole = footage(side_px=96)
    left, top, right, bottom = whole.surroundings()
    assert 0 <= left < whole.landmarks[..., 0].min() < whole.landmarks[..., 0].max() < right <= 96
    assert 0 <= top < whole.landmarks[..., 1].min() < whole.landmarks[..., 1].max() < bottom <= 96


def test_the_path_in_a_smaller_copy_is_smaller_too() -> None:
    whole = footage()
    boxes, landmarks = whole.path(np.arange(12) / 25, 0.5).at(np.array([4 / 25]))
    np.testing.assert_allclose(boxes[0], whole.boxes[4] / 2, rtol=1e-6)
    np.testing.assert_allclose(landmarks[0], whole.landmarks[4] / 2, rtol=1e-6)

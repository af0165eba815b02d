from __future__ import annotations

import numpy as np
import pytest

from av_sync_svc.face_mesh import POINTS, SIDE_PX, in_head_axes
from tests.support.av_sync import StillFaces

FACE = np.random.default_rng(3).normal(0, 30, (1, POINTS, 3)).astype(np.float32)


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    nodded = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
    rolled = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    return np.asarray(points @ (nodded @ rolled).T, dtype=np.float32)


@pytest.mark.parametrize("degrees", [10, 40, -25])
def test_a_turned_head_keeps_its_shape(degrees: float) -> None:
    np.testing.assert_allclose(in_head_axes(turned(FACE, degrees)), in_head_axes(FACE), atol=1e-4)


def test_a_larger_face_elsewhere_keeps_its_shape() -> None:
    moved = 2.5 * FACE + np.array([40, -7, 3], np.float32)
    np.testing.assert_allclose(in_head_axes(moved), in_head_axes(FACE), atol=1e-4)


def test_the_outer_corners_of_the_eyes_are_one_unit_apart() -> None:
    points = in_head_axes(FACE)
    assert np.linalg.norm(points[0, 263] - points[0, 33]) == pytest.approx(1, abs=1e-4)


def test_every_picture_gets_its_points_however_many_there_are() -> None:
    faces = StillFaces()
    points, presence = faces.mesh.points(np.zeros((19, SIDE_PX, SIDE_PX, 3), np.uint8))
    assert (points.shape, presence.shape, faces.looked) == ((19, POINTS, 3), (19,), 19)


def test_no_picture_gets_no_points() -> None:
    points, presence = StillFaces().mesh.points(np.zeros((0, SIDE_PX, SIDE_PX, 3), np.uint8))
    assert (len(points), len(presence)) == (0, 0)

"""The teacher finds what it should in the sample photos."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from colab_training.teacher.mtcnn import CascadeLimits, MtcnnFaceFinder, load_nets, open_teacher
from kit.models.registry import Registry
from tests.support.image import sample

MODELS = Path(__file__).parents[4] / "models"


@pytest.fixture(scope="module")
def finder() -> MtcnnFaceFinder:
    return open_teacher(MODELS)


def test_the_portrait_has_one_face_where_it_is(finder: MtcnnFaceFinder) -> None:
    picture = sample("portrait.jpg")
    (face,) = finder.find(picture)
    scale = picture.shape[1] / 512
    assert np.allclose(np.asarray(face.box_px) / scale, [181, 63, 266, 173], atol=12)
    assert face.probability > 0.95


def test_landmarks_are_eyes_nose_mouth_from_left_to_right_of_the_picture(finder: MtcnnFaceFinder) -> None:
    (face,) = finder.find(sample("portrait.jpg"))
    left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks_px
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])


def test_faces_of_different_sizes_come_largest_first(finder: MtcnnFaceFinder) -> None:
    picture = sample("portrait.jpg")
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    both = np.zeros((picture.shape[0], picture.shape[1] + half.shape[1], 3), dtype=np.uint8)
    both[: half.shape[0], : half.shape[1]] = half
    both[:, half.shape[1] :] = picture
    large, small = finder.find(both)
    assert large.longer_side_px / small.longer_side_px == pytest.approx(2, abs=0.35)
    assert small.box_px[2] < half.shape[1] < large.box_px[0]


def test_a_large_picture_is_reduced_and_its_faces_are_in_its_own_pixels(finder: MtcnnFaceFinder) -> None:
    picture = sample("portrait.jpg")
    (face,) = finder.find(picture)
    large = np.asarray(cv2.resize(picture, None, fx=4, fy=4), dtype=np.uint8)
    (same,) = finder.find(large)
    assert np.allclose(np.asarray(same.box_px) / 4, face.box_px, atol=12)


def test_pictures_without_a_face_have_none(finder: MtcnnFaceFinder) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert finder.find(noise) == finder.find(sample("coffee.jpg")) == []


@pytest.mark.parametrize("shape", [(1, 1), (5, 900), (900, 5), (12, 12)])
def test_tiny_and_thin_pictures_are_no_trouble(finder: MtcnnFaceFinder, shape: tuple[int, int]) -> None:
    assert finder.find(np.zeros((*shape, 3), dtype=np.uint8)) == []


def test_faces_below_the_smallest_size_are_not_reported() -> None:
    model = Registry(MODELS).load("mtcnn")
    finder = MtcnnFaceFinder(load_nets(model), model.reference, CascadeLimits(min_face_px=400))
    assert finder.find(sample("portrait.jpg")) == []

"""Composed pictures: reproducible, of one size, with their faces where they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from colab_training.face_finder import backgrounds, paste
from colab_training.face_finder.annotated import Annotated
from colab_training.face_finder.compose import Material, compose
from colab_training.face_finder.degrade import degraded
from colab_training.face_finder.settings import PictureSettings, load_settings

CONFIGS = Path(__file__).parents[4] / "colab_training" / "configs"
RED, GREEN = (250, 10, 10), (10, 250, 10)


def portrait(_: np.random.Generator) -> Annotated:
    """A red face on green, 120 by 100 px."""
    pixels = np.full((120, 100, 3), GREEN, np.uint8)
    pixels[30:90, 25:75] = RED
    landmarks = np.asarray([[[40, 50], [60, 50], [50, 60], [42, 75], [58, 75]]], np.float32)
    return Annotated(pixels, np.asarray([[25, 30, 75, 90]], np.float32), landmarks)


def photo(_: np.random.Generator) -> np.ndarray:
    return np.full((90, 140, 3), (10, 10, 250), np.uint8)


@pytest.fixture(scope="module")
def how() -> PictureSettings:
    return load_settings(CONFIGS / "smoke" / "face_finder.toml").pictures


MATERIAL = Material(portrait, photo)


def only(how: PictureSettings, **shares: float) -> PictureSettings:
    return how.model_copy(update={"scene_share": 0.0, "whole_share": 0.0} | shares)


def test_a_picture_depends_on_its_seed_alone(how: PictureSettings) -> None:
    one, same, other = (compose(MATERIAL, how, np.random.default_rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.pixels, same.pixels)
    np.testing.assert_array_equal(one.boxes, same.boxes)
    assert not np.array_equal(one.pixels, other.pixels)


def test_every_picture_is_a_square_of_the_asked_side(how: PictureSettings) -> None:
    for seed in range(20):
        assert compose(MATERIAL, how, np.random.default_rng(seed)).pixels.shape == (128, 128, 3)


def test_pictures_without_faces_have_no_boxes(how: PictureSettings) -> None:
    for seed in range(10):
        assert not len(compose(MATERIAL, only(how), np.random.default_rng(seed)).boxes)


def test_scenes_have_as_many_faces_as_asked_at_most(how: PictureSettings) -> None:
    counts = {
        len(compose(MATERIAL, only(how, scene_share=1.0), np.random.default_rng(seed)).boxes) for seed in range(30)
    }
    assert counts <= {0, 1, 2, 3}
    assert {1, 2} <= counts


def test_a_whole_photo_keeps_its_one_face(how: PictureSettings) -> None:
    for seed in range(10):
        assert len(compose(MATERIAL, only(how, whole_share=1.0), np.random.default_rng(seed)).boxes) == 1


def test_a_cut_face_has_the_asked_size() -> None:
    piece = paste.cut_face(portrait(np.random.default_rng(0)), 30.0, np.random.default_rng(0))
    left, top, right, bottom = piece.boxes[0]
    assert max(right - left, bottom - top) == pytest.approx(30, abs=1.0)
    middle = piece.pixels[round(float(top + bottom) / 2), round(float(left + right) / 2)]
    assert middle.tolist() == list(RED)


def test_a_pasted_face_lies_where_its_box_says() -> None:
    rng = np.random.default_rng(1)
    piece = paste.cut_face(portrait(rng), 40.0, rng)
    scene = np.zeros((100, 160, 3), np.uint8)
    laid = paste.blended(scene, piece, np.ones(piece.pixels.shape[:2], np.float32), 70, 20)
    x, y = (laid.boxes[0, :2] + laid.boxes[0, 2:]) / 2
    assert scene[round(float(y)), round(float(x))].tolist() == list(RED)
    assert scene[:, :60].max() == 0


def test_turning_keeps_the_landmarks_on_their_pixels() -> None:
    rng = np.random.default_rng(5)
    piece = portrait(rng)
    piece.pixels[48:53, 38:43] = (0, 0, 255)  # the left eye
    turned, mask = paste.turned(piece, np.ones((120, 100), np.float32), np.random.default_rng(4))
    assert mask.shape == turned.pixels.shape[:2] != (120, 100)
    x, y = turned.landmarks[0, 0]
    assert turned.pixels[round(float(y)), round(float(x)), 2] > 200


def test_degrading_keeps_the_size() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (37, 53, 3), dtype=np.uint8)
    for seed in range(20):
        assert degraded(picture, np.random.default_rng(seed)).shape == picture.shape


def test_made_grounds_have_the_asked_size() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        assert backgrounds.painted(rng, 30, 20).shape == (20, 30, 3)
        assert backgrounds.part_of(photo(rng), rng, 30, 20).shape == (20, 30, 3)
        assert backgrounds.faceless(portrait(rng).pixels, rng, 30, 20).shape == (20, 30, 3)

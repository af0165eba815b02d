"""Pictures to measure by: the same ones every time, with faces where they are said to be."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("skimage", reason="the training environment is not installed")

from colab_training.face_finder.annotated import Annotated
from colab_training.face_finder.trials import composed, drawn, photos_of_things, with_quarters
from colab_training.manifest import Sample

RED = (250, 10, 10)


def portrait() -> Annotated:
    pixels = np.zeros((200, 200, 3), np.uint8)
    pixels[50:150, 60:140] = RED
    landmarks = np.asarray([[[80, 80], [120, 80], [100, 100], [85, 125], [115, 125]]], np.float32)
    return Annotated(pixels, np.asarray([[60, 50, 140, 150]], np.float32), landmarks)


@pytest.fixture(scope="module")
def pictures() -> list[Annotated]:
    return list(composed([portrait()] * 12, [np.full((300, 400, 3), 90, np.uint8)], seed=3))


def test_pasted_faces_have_the_sizes_that_are_asked_about(pictures: list[Annotated]) -> None:
    sizes = [max(box[2:] - box[:2]) for picture in pictures for box in picture.boxes]
    assert len(sizes) >= 8
    assert 38 <= min(sizes) <= max(sizes) <= 302


def test_pasted_faces_lie_where_their_boxes_say(pictures: list[Annotated]) -> None:
    for picture in pictures:
        for x, y in (picture.boxes[:, :2] + picture.boxes[:, 2:]) / 2:
            assert np.abs(picture.pixels[round(float(y)), round(float(x))].astype(int) - RED).max() < 12


def test_no_face_covers_another(pictures: list[Annotated]) -> None:
    for picture in pictures:
        for index, box in enumerate(picture.boxes):
            others = np.delete(picture.boxes, index, axis=0)
            sides = np.minimum(others[:, 2:], box[2:]) - np.maximum(others[:, :2], box[:2])
            assert not (sides > 0).all(axis=1).any()


def test_the_same_samples_are_drawn_whatever_their_order() -> None:
    samples = [Sample(f"{number}.jpg", False, "kind", "val", str(number)) for number in range(30)]
    assert drawn(samples, 5) == drawn(samples[::-1], 5)
    assert len(drawn(samples, 50)) == 30


def test_photos_of_things_are_there() -> None:
    photos = photos_of_things()
    assert len(photos) == 14
    assert all(photo.dtype == np.uint8 and photo.shape[2] == 3 for photo in photos)


def test_quarters_are_the_corners_of_a_photo() -> None:
    photo = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    whole, *parts = with_quarters([photo])
    assert whole is photo
    assert [part.shape for part in parts] == [(2, 3, 3)] * 4
    assert parts[3][-1, -1].tolist() == photo[-1, -1].tolist()

"""Both classes of a source made alike."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import cv2
import numpy as np

from colab_training.manifest import Sample
from colab_training.pictures import FacePicture, FoundFace
from colab_training.source_equalisation import (
    Alike,
    alike_jpeg,
    differ_in_size,
    equalise_first,
    fitting,
    inner_square,
    levelled,
    made_alike,
    softened,
)
from metadata_svc.reading import jpeg


def picture(
    width: int, height: int, face_px: float, *, fake: bool = False, source: str = "gan_genphotos"
) -> FacePicture:
    """Noise with a face of a height in its middle; eyes at its upper corners."""
    rng = np.random.default_rng(width)
    pixels = rng.integers(0, 120 if fake else 256, (height, width, 3), dtype=np.uint8)
    x, y, half = width / 2, height / 2, face_px / 2
    box = (x - half * 0.8, y - half, x + half * 0.8, y + half)
    landmarks = np.array([[box[0], box[1]], [box[2], box[1]], [x, y], [x, y], [x, y]], np.float32)
    return FacePicture(
        Sample(f"{source}/{width}.jpg", fake, "gan", "fit", str(width)), pixels, FoundFace(box, landmarks)
    )


def test_pictures_of_both_classes_become_the_same_size_colour_and_compression() -> None:
    files = [alike_jpeg(entry, Alike(96)) for entry in (picture(178, 218, 115), picture(256, 256, 182, fake=True))]
    for data in files:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        structure = jpeg.structure(data)
        assert pixels.shape == (96, 96, 3)
        np.testing.assert_allclose(pixels.mean(axis=(0, 1)), 110, atol=2.0)
        assert (structure["quality_estimate"], structure["subsampling"]) == (90, "4:2:0")


def test_making_alike_gives_the_same_bytes_every_time() -> None:
    assert alike_jpeg(picture(178, 218, 115), Alike(96)) == alike_jpeg(picture(178, 218, 115), Alike(96))


def test_box_and_landmarks_move_with_the_face() -> None:
    alike = made_alike(picture(200, 300, 100), Alike(60, scale=1.2))
    assert alike.pixels.shape == (60, 60, 3)
    np.testing.assert_allclose(alike.face.box_px, (10.0, 5.0, 50.0, 55.0))
    np.testing.assert_allclose(alike.face.landmarks_px[1], (50.0, 5.0))


def test_only_listed_sources_are_touched() -> None:
    listed, other = picture(178, 218, 115), picture(256, 256, 182, source="swap_dfdc")
    done = equalise_first([listed, other], {"gan_genphotos": 64})
    assert done[0].pixels.shape == (64, 64, 3)
    assert done[1] is other


def test_a_square_stays_inside_the_picture() -> None:
    assert inner_square((-10.0, 0.0, 60.0, 80.0), (100, 90), 1.2) == (0, 0, 90, 90)
    assert inner_square((60.0, 60.0, 100.0, 100.0), (100, 100), 1.0) == (60, 60, 100, 100)
    assert inner_square((80.0, 80.0, 120.0, 120.0), (100, 100), 1.0) == (60, 60, 100, 100)


def test_levelling_is_right_although_values_are_cut_off() -> None:
    dark = np.zeros((10, 10, 3), np.uint8)
    dark[:3] = 255
    np.testing.assert_allclose(levelled(dark, 110.0).mean(axis=(0, 1)), 110.0, atol=1.0)


def test_less_detail_makes_a_large_sharp_picture_as_soft_as_a_small_one() -> None:
    entry = picture(256, 256, 182)
    sharp, soft = (made_alike(entry, Alike(120, detail)).pixels.astype(float) for detail in (1.0, 0.3))
    assert np.abs(np.diff(soft, axis=0)).mean() < 0.6 * np.abs(np.diff(sharp, axis=0)).mean()


def test_the_side_is_what_the_smaller_class_reaches() -> None:
    small = [picture(178, 218, 100 + n) for n in range(20)]
    large = [picture(256, 256, 180, fake=True)]
    assert fitting([*small, *large]) == Alike(120)
    assert softened(fitting(small)).detail < 1


def test_classes_from_pictures_of_different_sizes_are_noticed() -> None:
    assert differ_in_size([picture(178, 218, 115), picture(256, 256, 182, fake=True)])
    assert not differ_in_size([picture(178, 218, 115), picture(256, 256, 120, fake=True)])

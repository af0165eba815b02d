"""A picture on its ground, and the way back."""

from __future__ import annotations

import numpy as np
import pytest

from kit.vision.letterbox import letterbox
from telltale.model.v1 import card_pb2

HOW = card_pb2.Letterbox(picture_share=0.8, multiple_px=32, ground=114, sides_px=[320, 640])


def picture(height: int, width: int) -> np.ndarray:
    return np.full((height, width, 3), 255, np.uint8)


def test_a_square_picture_takes_its_share_of_a_square_tensor() -> None:
    boxed = letterbox(picture(100, 100), 320, HOW)
    assert boxed.tensor.shape == (1, 3, 320, 320)
    white = boxed.tensor[0, 0] == 1.0
    assert white.sum() == 256 * 256
    assert white[32:288, 32:288].all()


def test_the_ground_has_its_value_everywhere_else() -> None:
    boxed = letterbox(picture(100, 100), 320, HOW)
    ground = boxed.tensor[0][:, :32]
    assert np.allclose(ground, 114 / 255)


def test_a_wide_picture_gets_a_low_tensor() -> None:
    assert letterbox(picture(300, 600), 640, HOW).tensor.shape == (1, 3, 384, 640)


def test_a_tall_picture_gets_a_narrow_tensor() -> None:
    assert letterbox(picture(600, 300), 640, HOW).tensor.shape == (1, 3, 640, 384)


def test_every_side_keeps_a_rim() -> None:
    for shape in ((300, 600), (640, 480), (101, 333)):
        boxed = letterbox(picture(*shape), 320, HOW)
        white = np.argwhere(boxed.tensor[0, 0] == 1.0)
        sides = np.asarray(boxed.tensor.shape[2:])
        assert white.min() >= 32
        assert (sides - white.max(axis=0) >= 32).all()


def test_corners_of_the_picture_come_back_as_its_corners() -> None:
    boxed = letterbox(picture(123, 457), 320, HOW)
    left, top = boxed.corner_px
    inside = np.argwhere(boxed.tensor[0, 0] == 1.0)
    low, high = inside.min(axis=0)[::-1], inside.max(axis=0)[::-1] + 1
    assert (left, top) == tuple(low)
    np.testing.assert_allclose(boxed.to_picture(np.stack([low, high])), [[0, 0], [457, 123]], atol=1e-3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1)])
def test_tiny_and_thin_pictures_fit(shape: tuple[int, int]) -> None:
    boxed = letterbox(picture(*shape), 320, HOW)
    assert max(boxed.tensor.shape) == 320
    assert all(side % 32 == 0 for side in boxed.tensor.shape[2:])


def test_colours_stay_red_green_blue() -> None:
    red = np.zeros((50, 50, 3), np.uint8)
    red[..., 0] = 255
    middle = letterbox(red, 320, HOW).tensor[0, :, 160, 160]
    assert middle.tolist() == [1.0, 0.0, 0.0]

"""Windows keep native pixels, start on the JPEG grid and stay inside the picture."""

from __future__ import annotations

import numpy as np
import pytest

from kit.convert.tensor import Box, Picture
from kit.convert.windows import fitted, window_box, window_tensor
from kit.errors import InvalidRequest
from telltale.model.v1 import card_pb2


def preprocessing(scale: float = 1.0, most_px: int = 96) -> card_pb2.ImagePreprocessing:
    return card_pb2.ImagePreprocessing(
        window=card_pb2.NativeWindow(scale=scale, min_face_px=16, multiple_px=16),
        height_px=most_px,
        width_px=most_px,
        interpolation=card_pb2.INTERPOLATION_AREA,
        colour_order=card_pb2.COLOUR_ORDER_RGB,
        mean=[0.5] * 3,
        std=[0.5] * 3,
    )


def picture(height: int = 200, width: int = 300) -> Picture:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_a_window_is_the_face_times_scale_on_the_grid() -> None:
    left, top, right, bottom = window_box((200, 300, 3), preprocessing(1.5), (101, 61, 141, 101))
    assert (left, top) == (88, 48)
    assert (right - left, bottom - top) == (64, 64)


def test_its_pixels_are_those_of_the_picture() -> None:
    whole = picture()
    tensor, (left, top, right, bottom) = window_tensor(whole, preprocessing(), (100, 60, 164, 124))
    pixels = np.rint((tensor.transpose(1, 2, 0) * 0.5 + 0.5) * 255)
    assert np.array_equal(pixels, whole[top:bottom, left:right])


@pytest.mark.parametrize(
    "box",
    [(-40, -30, 60, 70), (250, 150, 330, 230), (-100, -100, 400, 400), (290, 190, 299, 199), (500, 500, 600, 600)],
    ids=["top left", "bottom right", "all of it", "the last corner", "beyond"],
)
def test_windows_stay_inside_and_have_whole_cells(box: Box) -> None:
    left, top, right, bottom = window_box((200, 300, 3), preprocessing(1.2), box)
    assert 0 <= left < right <= 300
    assert 0 <= top < bottom <= 200
    assert left % 8 == top % 8 == 0
    assert (right - left) % 16 == (bottom - top) % 16 == 0


def test_a_window_larger_than_the_tensor_may_be_is_scaled_down() -> None:
    tensor, box = window_tensor(picture(200, 200), preprocessing(), (0, 0, 200, 200))
    assert tensor.shape == (3, 96, 96)
    assert box == (0, 0, 192, 192)


def test_scaling_keeps_the_proportions() -> None:
    assert fitted(picture(192, 96), preprocessing()).shape == (96, 48, 3)


@pytest.mark.parametrize(("size", "box"), [((12, 300), (0, 0, 50, 50)), ((200, 300), (50, 50, 50, 90))])
def test_where_no_window_fits_it_is_said(size: tuple[int, int], box: Box) -> None:
    with pytest.raises(InvalidRequest, match="no window of 16 px"):
        window_box((*size, 3), preprocessing(), box)

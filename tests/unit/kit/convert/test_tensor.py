"""Pictures become tensors as the card says."""

from __future__ import annotations

import numpy as np
import pytest

from kit.convert.tensor import Picture, crop_box, face_crop, to_tensor
from kit.errors import InvalidRequest, ModelInvalid
from telltale.model.v1 import card_pb2


def preprocessing(**changes: object) -> card_pb2.ImagePreprocessing:
    values: dict[str, object] = {
        "face": card_pb2.FaceCrop(scale=1.0),
        "height_px": 8,
        "width_px": 8,
        "interpolation": card_pb2.INTERPOLATION_AREA,
        "colour_order": card_pb2.COLOUR_ORDER_RGB,
        "mean": [0.5, 0.5, 0.5],
        "std": [0.5, 0.5, 0.5],
    }
    return card_pb2.ImagePreprocessing(**(values | changes))  # type: ignore[arg-type]  # one dict for all field types


def picture(height: int = 40, width: int = 60) -> Picture:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_white_becomes_one_and_black_minus_one() -> None:
    two = np.zeros((8, 8, 3), np.uint8)
    two[:, 4:] = 255
    tensor = to_tensor(two, preprocessing(), (0, 0, 8, 8))
    assert tensor.shape == (3, 8, 8)
    assert tensor.dtype == np.float32
    assert tensor[:, :, 0].tolist() == [[-1.0] * 8] * 3
    assert tensor[:, :, 7].tolist() == [[1.0] * 8] * 3


def test_mean_and_std_hold_per_colour_in_the_tensors_order() -> None:
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 255
    changes = {"mean": [0.0, 0.0, 0.5], "std": [1.0, 1.0, 0.25], "colour_order": card_pb2.COLOUR_ORDER_BGR}
    tensor = to_tensor(red, preprocessing(**changes), (0, 0, 8, 8))
    assert tensor[:, 0, 0].tolist() == [0.0, 0.0, 2.0]


def test_the_crop_is_a_square_of_scale_times_the_longer_side_about_the_centre() -> None:
    assert crop_box((10, 20, 30, 60), 1.5) == (-10, 10, 50, 70)


def test_a_face_crop_keeps_native_pixels() -> None:
    whole = picture()
    np.testing.assert_array_equal(face_crop(whole, (10, 5, 30, 25), 1.0), whole[5:25, 10:30])


def test_edge_pixels_are_repeated_beyond_the_picture() -> None:
    whole = picture()
    crop = face_crop(whole, (-5, -5, 5, 5), 1.0)
    assert crop.shape == (10, 10, 3)
    np.testing.assert_array_equal(crop[:6, :6], np.broadcast_to(whole[0, 0], (6, 6, 3)))
    np.testing.assert_array_equal(crop[5:, 5:], whole[:5, :5])


def test_a_crop_reaches_beyond_all_four_edges() -> None:
    assert face_crop(picture(), (-10, -20, 70, 60), 1.2).shape == (96, 96, 3)


def test_shrinking_averages_the_covered_area() -> None:
    stripes = np.zeros((16, 16, 3), np.uint8)
    stripes[:, ::2] = 255
    tensor = to_tensor(stripes, preprocessing(), (0, 0, 16, 16))
    assert np.abs(tensor).max() < 0.01


def test_bilinear_looks_at_fewer_pixels_than_area() -> None:
    box = (0.0, 0.0, 40.0, 40.0)
    bilinear = to_tensor(picture(), preprocessing(interpolation=card_pb2.INTERPOLATION_BILINEAR), box)
    area = to_tensor(picture(), preprocessing(), box)
    assert bilinear.std() > 1.5 * area.std()


def test_the_whole_picture_needs_no_box() -> None:
    tensor = to_tensor(picture(), preprocessing(whole=card_pb2.WholePicture(), face=None, height_px=20, width_px=30))
    assert tensor.shape == (3, 20, 30)


def test_a_face_model_without_a_box_is_refused() -> None:
    with pytest.raises(ModelInvalid, match="face box"):
        to_tensor(picture(), preprocessing())


@pytest.mark.parametrize("box", [(100, 100, 120, 120), (10, 10, 10, 30), (30, 10, 10, 30)])
def test_a_box_without_picture_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(InvalidRequest, match="no area"):
        to_tensor(picture(), preprocessing(), box)


def test_a_card_without_three_means_is_refused() -> None:
    with pytest.raises(ModelInvalid, match="three numbers"):
        to_tensor(picture(), preprocessing(mean=[0.5]), (0, 0, 8, 8))


def test_the_picture_stays_as_it_is() -> None:
    whole = picture()
    before = whole.copy()
    to_tensor(whole, preprocessing(), (-5, -5, 50, 50))
    np.testing.assert_array_equal(whole, before)

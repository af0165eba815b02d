"""From a picture to a network's input, executed from the model card.

Training and serving call these very functions, so that what a network learned on is what it is asked about.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kit.errors import InvalidRequest, ModelInvalid
from telltale.model.v1 import card_pb2

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]
PixelBox = tuple[int, int, int, int]


def to_tensor(
    picture: Picture, preprocessing: card_pb2.ImagePreprocessing, box_px: Box | None = None
) -> NDArray[np.float32]:
    """The input tensor, float32 (3, height_px, width_px), for one picture.

    Args:
        picture: uint8 (H, W, 3), RGB.
        preprocessing: from the model's card.
        box_px: face box (x0, y0, x1, y1) in the picture's pixels; it may reach beyond the edges. Only for face crops.

    Raises:
        ModelInvalid: the card asks for a face crop and there is no box, or its mean and std are not three numbers each.
        InvalidRequest: the box has no area or lies outside the picture.
    """
    if preprocessing.WhichOneof("crop") == "whole":
        return normalise(resize(picture, preprocessing), preprocessing)
    if box_px is None:
        raise ModelInvalid("the model card asks for a face crop, but the caller gave no face box; find the face first")
    return normalise(resize(face_crop(picture, box_px, preprocessing.face.scale), preprocessing), preprocessing)


def crop_box(box_px: Box, scale: float) -> PixelBox:
    """The square (x0, y0, x1, y1) of `scale` times the box's longer side around its centre, in whole pixels."""
    x0, y0, x1, y1 = box_px
    side = max(1, round(scale * max(x1 - x0, y1 - y0)))
    left = round((x0 + x1 - side) / 2)
    top = round((y0 + y1 - side) / 2)
    return left, top, left + side, top + side


def face_crop(picture: Picture, box_px: Box, scale: float) -> Picture:
    """The pixels of `crop_box`, uint8 (side, side, 3) at native resolution; edge pixels are repeated beyond the picture.

    Raises:
        InvalidRequest: the box has no area or lies outside the picture.
    """
    height, width = picture.shape[:2]
    left, top, right, bottom = crop_box(box_px, scale)
    inside = picture[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if not inside.size or box_px[2] <= box_px[0] or box_px[3] <= box_px[1]:
        raise InvalidRequest(f"face box {box_px} has no area inside the picture of {width} x {height} px; send its box")
    margins = (max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0))
    return _uint8(cv2.copyMakeBorder(inside, *margins, cv2.BORDER_REPLICATE)) if any(margins) else inside


def resize(picture: Picture, preprocessing: card_pb2.ImagePreprocessing) -> Picture:
    """The picture at the tensor's size, uint8 (height_px, width_px, 3)."""
    size = (preprocessing.width_px, preprocessing.height_px)
    shrinks = picture.shape[0] > size[1] or picture.shape[1] > size[0]
    area = preprocessing.interpolation == card_pb2.INTERPOLATION_AREA and shrinks
    return _uint8(cv2.resize(picture, size, interpolation=cv2.INTER_AREA if area else cv2.INTER_LINEAR))


def normalise(picture: Picture, preprocessing: card_pb2.ImagePreprocessing) -> NDArray[np.float32]:
    """Colours in the tensor's order, scaled to [0, 1], less `mean`, over `std`: float32 (3, H, W)."""
    if len(preprocessing.mean) != 3 or len(preprocessing.std) != 3:
        raise ModelInvalid("the model card needs three numbers in `mean` and in `std`; export the model again")
    ordered = picture[..., ::-1] if preprocessing.colour_order == card_pb2.COLOUR_ORDER_BGR else picture
    mean = np.asarray(preprocessing.mean, np.float32)
    std = np.asarray(preprocessing.std, np.float32)
    tensor = (ordered.astype(np.float32) / np.float32(255) - mean) / std  # (H, W, 3)
    return np.ascontiguousarray(tensor.transpose(2, 0, 1))  # (3, H, W)


def _uint8(picture: cv2.typing.MatLike) -> Picture:
    # OpenCV's stubs forget the element type, which these functions keep.
    return picture.astype(np.uint8, copy=False)

"""Makes the pictures of both classes of one source alike in all that is no face.

Where real and fake pictures come from two places (StyleGAN at 256 px against CelebA at 178x218), size, margins, compression and
mean colour tell the classes apart, and a network learns that instead of faces. Here both classes become the same thing: a square
around the face with little background, of one side in pixels, one mean colour, one JPEG quality and chroma subsampling. Where
one class comes from larger pictures, reducing it more leaves it sharper; `softened` takes the finest detail from both.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from colab_training.pictures import FacePicture, FoundFace
from kit.convert.tensor import Box, Picture, PixelBox

# Rounds until the mean is right although values were cut off at 0 and 255.
_ROUNDS = 4
_MULTIPLE_PX = 8
# Classes whose squares differ by more than this factor differ in sharpness.
_SAME_SIZE = 1.1
# Measured on gan_genphotos: at this share, the steepness of the spectrum's finest octave no longer tells the classes apart.
_LESS_DETAIL = 0.6


@dataclass(frozen=True)
class Alike:
    """What all pictures of a source are brought to."""

    side_px: int
    detail: float = 1.0
    """Share of the side to which the picture is reduced, and enlarged again, so that all are equally sharp."""
    scale: float = 1.2
    """Side of the square as a multiple of the face box's longer side, where the picture is large enough."""
    level: float = 110.0
    """Mean of each colour, 0 to 255."""
    quality: int = 90
    """JPEG quality; subsampling is 4:2:0."""


def equalise_first(pictures: Sequence[FacePicture], side_px: Mapping[str, int]) -> list[FacePicture]:
    """The pictures, those of the listed sources made alike with this side; the others untouched."""
    how = {source: Alike(side) for source, side in side_px.items()}
    return [
        made_alike(picture, how[picture.sample.source]) if picture.sample.source in how else picture
        for picture in pictures
    ]


def made_alike(picture: FacePicture, how: Alike) -> FacePicture:
    """The same face in a picture of `side_px` by `side_px`, its box and landmarks moved along."""
    pixels = cv2.imdecode(np.frombuffer(alike_jpeg(picture, how), np.uint8), cv2.IMREAD_COLOR)
    square = inner_square(picture.face.box_px, picture.pixels.shape, how.scale)
    factor = how.side_px / (square[2] - square[0])
    x0, y0, x1, y1 = ((edge - start) * factor for edge, start in zip(picture.face.box_px, square[:2] * 2, strict=True))
    landmarks = (picture.face.landmarks_px - np.array(square[:2])) * factor
    face = FoundFace((x0, y0, x1, y1), landmarks.astype(np.float32))
    return replace(picture, pixels=np.ascontiguousarray(pixels[..., ::-1], np.uint8), face=face)


def alike_jpeg(picture: FacePicture, how: Alike) -> bytes:
    """The file of the picture made alike. The same picture always gives the same bytes."""
    left, top, right, bottom = inner_square(picture.face.box_px, picture.pixels.shape, how.scale)
    square = picture.pixels[top:bottom, left:right]
    if how.detail < 1:
        square = _resized(square, round(how.detail * how.side_px))
    even = levelled(_resized(square, how.side_px), how.level)
    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    flags = [cv2.IMWRITE_JPEG_QUALITY, how.quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    _, encoded = cv2.imencode(".jpg", even[..., ::-1], flags)
    return encoded.tobytes()


def levelled(picture: Picture, level: float) -> Picture:
    """The picture with the mean of every colour at `level`, by adding to it; uint8 (H, W, 3)."""
    shift = np.zeros(3, np.float32)
    for _ in range(_ROUNDS):
        shift += level - np.clip(picture + shift, 0, 255).mean(axis=(0, 1))
    return np.clip(picture + shift + 0.5, 0, 255).astype(np.uint8)


def inner_square(box_px: Box, shape: tuple[int, ...], scale: float) -> PixelBox:
    """The square around a box, moved and shrunk until it lies inside a picture (H, W, ...), in whole pixels."""
    x0, y0, x1, y1 = box_px
    height, width = shape[:2]
    side = min(height, width, max(_MULTIPLE_PX, round(scale * max(x1 - x0, y1 - y0))))
    left = min(max(0, round((x0 + x1 - side) / 2)), width - side)
    top = min(max(0, round((y0 + y1 - side) / 2)), height - side)
    return left, top, left + side, top + side


def fitting(pictures: Sequence[FacePicture]) -> Alike:
    """How to make these pictures alike.

    Nine of ten squares of the class with the smaller ones reach the side, so that hardly any picture is enlarged.
    """
    smaller = min(float(np.quantile(own, 0.1)) for own in _sides_px(pictures).values())
    return Alike(max(_MULTIPLE_PX, math.floor(smaller / _MULTIPLE_PX) * _MULTIPLE_PX))


def softened(how: Alike) -> Alike:
    """The same, with the finest detail taken away."""
    return replace(how, detail=_LESS_DETAIL)


def differ_in_size(pictures: Sequence[FacePicture]) -> bool:
    """Whether the faces of one class come from larger pictures than those of the other, so that they may stay sharper."""
    middles = [float(np.median(own)) for own in _sides_px(pictures).values()]
    return max(middles) > _SAME_SIZE * min(middles)


def _sides_px(pictures: Sequence[FacePicture]) -> dict[bool, list[int]]:
    sides: dict[bool, list[int]] = defaultdict(list)
    for picture in pictures:
        left, _, right, _ = inner_square(picture.face.box_px, picture.pixels.shape, Alike.scale)
        sides[picture.sample.fake].append(right - left)
    return sides


def _resized(picture: Picture, side_px: int) -> Picture:
    shrinks = picture.shape[0] >= side_px
    filter_ = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side_px, side_px), interpolation=filter_), np.uint8)

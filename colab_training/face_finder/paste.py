"""Cutting a piece out of one picture and blending it into another, turned, resized and with a soft rim."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from colab_training.face_finder.annotated import Annotated, Floats, placed, scaled, window
from kit.convert.tensor import Picture

_MOST_DEGREES = 28.0


def cut_face(portrait: Annotated, longer_side_px: float, rng: np.random.Generator) -> Annotated:
    """The first face of a portrait with a little or much of what is around it, its box's longer side `longer_side_px`."""
    x0, y0, x1, y1 = portrait.boxes[0]
    height, width = portrait.pixels.shape[:2]
    reach = float(rng.uniform(1.05, 2.2)) * max(x1 - x0, y1 - y0) / 2
    centre_x, centre_y = (x0 + x1) / 2, (y0 + y1) / 2
    left, top = max(0, round(centre_x - reach)), max(0, round(centre_y - reach))
    part = window(portrait, left, top, min(width, round(centre_x + reach)), min(height, round(centre_y + reach)))
    return _resized(part, longer_side_px / float(max(x1 - x0, y1 - y0)))


def rim(piece: Annotated, rng: np.random.Generator) -> NDArray[np.float32]:
    """How much of a piece covers what lies below, (H, W) in [0, 1]: an oval, a soft or a hard rectangle."""
    height, width = piece.pixels.shape[:2]
    mask = np.zeros((height, width), np.float32)
    softness = float(rng.uniform(0.01, 0.08)) * min(height, width)
    kind = rng.random()
    if kind < 0.5:
        centre, axes = _oval(piece, rng)
        cv2.ellipse(mask, centre, axes, 0, 0, 360, 1.0, -1)
    elif kind < 0.75:
        edge = round(2 * softness)
        mask[edge : height - edge, edge : width - edge] = 1.0
    else:
        return np.ones((height, width), np.float32)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(softness, 0.5)), np.float32)


def turned(
    piece: Annotated, mask: NDArray[np.float32], rng: np.random.Generator
) -> tuple[Annotated, NDArray[np.float32]]:
    """Piece and mask turned about their centre, mostly a little. Boxes stay upright and keep their size."""
    if rng.random() < 0.4:
        return piece, mask
    angle = float(np.clip(rng.normal(0, 11), -_MOST_DEGREES, _MOST_DEGREES))
    height, width = mask.shape
    side = math.ceil(math.hypot(height, width))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    matrix[:, 2] += (side - width) / 2, (side - height) / 2
    pixels = np.asarray(cv2.warpAffine(piece.pixels, matrix, (side, side)), np.uint8)
    covered = np.asarray(cv2.warpAffine(mask, matrix, (side, side)), np.float32)
    return Annotated(pixels, _turned_boxes(piece.boxes, matrix), _mapped(piece.landmarks, matrix)), covered


def blended(scene: Picture, piece: Annotated, mask: NDArray[np.float32], left: int, top: int) -> Annotated:
    """The piece in the scene, which is changed: faces of the piece in the scene's pixels."""
    layer, share = np.zeros_like(scene), np.zeros(scene.shape[:2], np.float32)
    faces = placed(piece, layer, left, top)
    height, width = mask.shape
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + width, scene.shape[1]), min(top + height, scene.shape[0])
    share[y0:y1, x0:x1] = mask[y0 - top : y1 - top, x0 - left : x1 - left]
    part = share[y0:y1, x0:x1, None]
    scene[y0:y1, x0:x1] = (layer[y0:y1, x0:x1] * part + scene[y0:y1, x0:x1] * (1 - part) + 0.5).astype(np.uint8)
    return faces.with_pixels(scene)


def _resized(part: Annotated, factor: float) -> Annotated:
    height, width = part.pixels.shape[:2]
    return scaled(part, max(2, round(width * factor)), max(2, round(height * factor)))


def _oval(piece: Annotated, rng: np.random.Generator) -> tuple[tuple[int, int], tuple[int, int]]:
    height, width = piece.pixels.shape[:2]
    if not len(piece.boxes):
        return (width // 2, height // 2), (max(1, width // 2), max(1, height // 2))
    x0, y0, x1, y1 = piece.boxes[0]
    grown = float(rng.uniform(0.95, 1.35)) / 2
    axes = max(1, round(float(x1 - x0) * grown)), max(1, round(float(y1 - y0) * grown))
    return (round(float(x0 + x1) / 2), round(float(y0 + y1) / 2)), axes


def _turned_boxes(boxes: Floats, matrix: NDArray[np.float64]) -> Floats:
    centres = _mapped((boxes[:, :2] + boxes[:, 2:])[:, None] / 2, matrix)[:, 0]
    halves = (boxes[:, 2:] - boxes[:, :2]) / 2
    return np.concatenate([centres - halves, centres + halves], axis=1).astype(np.float32)


def _mapped(points: Floats, matrix: NDArray[np.float64]) -> Floats:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float32)

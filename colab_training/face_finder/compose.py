"""Composes the pictures that the finder learns from: square canvases, as serving's letterbox makes them, with known faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from colab_training.face_finder import backgrounds, paste
from colab_training.face_finder.annotated import (
    PADDING,
    Annotated,
    joined,
    mirrored,
    no_faces,
    placed,
    scaled,
    window,
)
from colab_training.face_finder.degrade import degraded
from colab_training.face_finder.settings import PictureSettings
from kit.convert.tensor import Picture

_TRIES = 12
# An oval of this share of the box hides all of a face.
_COVER = 1.3


@dataclass(frozen=True)
class Material:
    """Where pieces come from: a random face photo, with its face, and a random photo without people."""

    portrait: Callable[[np.random.Generator], Annotated]
    photo: Callable[[np.random.Generator], Picture]


def compose(material: Material, how: PictureSettings, rng: np.random.Generator) -> Annotated:
    """One picture of `side_px` by `side_px` with its faces; boxes and landmarks may reach beyond its rim."""
    kind = rng.random()
    if kind < how.scene_share:
        picture = _scene(material, how, rng, int(rng.integers(1, how.faces_per_scene + 1)))
    elif kind < how.scene_share + how.whole_share:
        picture = _whole(material, how, rng)
    else:
        picture = _scene(material, how, rng, 0)
    return _on_canvas(picture.with_pixels(degraded(picture.pixels, rng)), material, how, rng)


def _scene(material: Material, how: PictureSettings, rng: np.random.Generator, faces: int) -> Annotated:
    longer, shorter = how.side_px, round(how.side_px * float(rng.uniform(0.6, 1.0)))
    width, height = (longer, shorter) if rng.random() < 0.6 else (shorter, longer)
    scene = _background(material, how, rng, width, height)
    if not faces and rng.random() < how.covered_share:
        scene = scaled(_without_face(material.portrait(rng), material, how, rng), width, height).pixels.copy()
    for _ in range(int(rng.integers(how.distractors_per_scene + 1))):
        _add_distractor(scene, material, how, rng)
    pasted: list[Annotated] = []
    largest = how.largest_face_share * shorter if faces < 3 else 0.4 * shorter
    for _ in range(faces):
        size = float(np.exp(rng.uniform(np.log(how.smallest_face_px), np.log(largest))))
        _add_face(scene, pasted, material, size, rng)
    return joined(scene, pasted)


def _background(material: Material, how: PictureSettings, rng: np.random.Generator, width: int, height: int) -> Picture:
    kind = rng.random()
    if kind < how.photo_share:
        return backgrounds.part_of(material.photo(rng), rng, width, height).copy()
    if kind < (1 + how.photo_share) / 2:
        return backgrounds.painted(rng, width, height).copy()
    return backgrounds.faceless(material.portrait(rng).pixels, rng, width, height).copy()


def _add_distractor(scene: Picture, material: Material, how: PictureSettings, rng: np.random.Generator) -> None:
    # Pieces without a face have the same rims as faces do, so that a rim alone says nothing.
    side = float(np.exp(rng.uniform(np.log(how.smallest_face_px), np.log(0.6 * min(scene.shape[:2])))))
    if rng.random() < how.covered_share:
        piece = _without_face(paste.cut_face(material.portrait(rng), side, rng), material, how, rng)
    else:
        width, height = max(6, round(side)), max(6, round(side * float(rng.uniform(0.8, 1.4))))
        piece = Annotated(_background(material, how, rng, width, height), *no_faces())
    piece, mask = paste.turned(piece, paste.rim(piece, rng), rng)
    left, top = _anywhere(scene, piece, rng)
    paste.blended(scene, piece, mask, left, top)


def _without_face(portrait: Annotated, material: Material, how: PictureSettings, rng: np.random.Generator) -> Annotated:
    """A portrait whose face is covered by something else: hair, neck and clothes are no face."""
    centre, sides = (portrait.boxes[0, :2] + portrait.boxes[0, 2:]) / 2, portrait.boxes[0, 2:] - portrait.boxes[0, :2]
    width, height = (max(4, round(_COVER * float(side))) for side in sides)
    cover = Annotated(_background(material, how, rng, width, height), *no_faces())
    pixels = portrait.pixels.copy()
    left, top = round(float(centre[0]) - width / 2), round(float(centre[1]) - height / 2)
    paste.blended(pixels, cover, paste.rim(cover, rng), left, top)
    return Annotated(pixels, *no_faces())


def _add_face(
    scene: Picture, pasted: list[Annotated], material: Material, size: float, rng: np.random.Generator
) -> None:
    portrait = material.portrait(rng)
    piece = paste.cut_face(mirrored(portrait) if rng.random() < 0.5 else portrait, size, rng)
    if rng.random() < 0.3:
        piece = piece.with_pixels(degraded(piece.pixels, rng))
    piece, mask = paste.turned(piece, paste.rim(piece, rng), rng)
    for _ in range(_TRIES):
        left, top = _anywhere(scene, piece, rng)
        box = piece.boxes[0] + np.asarray([left, top, left, top], np.float32)
        if _inside(box, scene) >= 0.6 and all(_shared(box, other.boxes[0]) < 0.25 for other in pasted):
            pasted.append(paste.blended(scene, piece, mask, left, top))
            return


def _whole(material: Material, how: PictureSettings, rng: np.random.Generator) -> Annotated:
    portrait = material.portrait(rng)
    if rng.random() < 0.5:
        portrait = mirrored(portrait)
    if rng.random() < 0.35:
        portrait = _tight(portrait, rng)
    height, width = portrait.pixels.shape[:2]
    factor = how.side_px / max(height, width)
    return scaled(portrait, max(8, round(width * factor)), max(8, round(height * factor)))


def _tight(portrait: Annotated, rng: np.random.Generator) -> Annotated:
    """A cut whose edges run close to the face, or through its rim."""
    height, width = portrait.pixels.shape[:2]
    x0, y0, x1, y1 = portrait.boxes[0]
    edges = rng.uniform(-0.12, 0.3, 4) * (x1 - x0, y1 - y0, x1 - x0, y1 - y0)
    left, top = max(0, round(x0 - edges[0])), max(0, round(y0 - edges[1]))
    right, bottom = min(width, round(x1 + edges[2])), min(height, round(y1 + edges[3]))
    return window(portrait, left, top, max(right, left + 8), max(bottom, top + 8))


def _on_canvas(picture: Annotated, material: Material, how: PictureSettings, rng: np.random.Generator) -> Annotated:
    # Mostly the share of the canvas that serving's letterbox leaves to the picture, so that boxes may reach beyond it.
    share = float(rng.normal(0.8, 0.03)) if rng.random() < 0.7 else float(rng.uniform(0.25, 1.0))
    side = how.side_px
    height, width = picture.pixels.shape[:2]
    small = scaled(picture, max(8, round(width * share)), max(8, round(height * share)))
    canvas = np.full((side, side, 3), PADDING, np.uint8)
    if share < 0.7 and rng.random() < 0.6:
        canvas = _background(material, how, rng, side, side)
    height, width = small.pixels.shape[:2]
    room_x, room_y = side - width, side - height
    left, top = room_x // 2 + _jitter(room_x, rng), room_y // 2 + _jitter(room_y, rng)
    return placed(small, canvas, left, top)


def _jitter(room: int, rng: np.random.Generator) -> int:
    return round(float(rng.uniform(-0.3, 0.3)) * max(0, room))


def _anywhere(scene: Picture, piece: Annotated, rng: np.random.Generator) -> tuple[int, int]:
    height, width = piece.pixels.shape[:2]
    left = int(rng.integers(-width // 3, max(scene.shape[1] - 2 * width // 3, -width // 3 + 1)))
    top = int(rng.integers(-height // 3, max(scene.shape[0] - 2 * height // 3, -height // 3 + 1)))
    return left, top


def _inside(box: np.ndarray, scene: Picture) -> float:
    """Share of a box that lies inside the scene."""
    height, width = scene.shape[:2]
    return _shared(box, np.asarray([0, 0, width, height], np.float32), of=box)


def _shared(box: np.ndarray, other: np.ndarray, of: np.ndarray | None = None) -> float:
    """Shared area as a share of `of`, or of the smaller of the two boxes."""
    sides = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
    areas = [float(np.prod(b[2:] - b[:2])) for b in ((box, other) if of is None else (of,))]
    return float(np.prod(np.maximum(sides, 0))) / max(min(areas), 1e-6)

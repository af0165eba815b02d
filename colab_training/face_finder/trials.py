"""Pictures to measure by, none of them learned from: held-back portraits as they are, and pasted into held-back scenes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import skimage

from colab_training.face_finder import paste
from colab_training.face_finder.annotated import Annotated, joined
from colab_training.manifest import Sample
from colab_training.pictures import FoundFace, read_picture
from kit.convert.tensor import Picture

# Photos that come with scikit-image and in which there is no head: for choosing the threshold, so that the scenes which are
# held back stay for measuring alone.
_PHOTOS_OF_THINGS = (
    "brick chelsea clock_motion coffee color grass gravel horse motorcycle_left motorcycle_right page retina rocket "
    "text"
)
_LEAST_PX, _MOST_PX = 40.0, 300.0
_MOST_FACES = 3
_ROOM = 2.3
_TRIES = 30


def photos_of_things() -> list[Picture]:
    """Photos without people that no training picture is made from."""
    folder = Path(skimage.__file__).parent / "data"
    stems = _PHOTOS_OF_THINGS.split()
    return [read_picture(path) for path in sorted(folder.iterdir()) if path.stem in stems]


def with_quarters(photos: Sequence[Picture]) -> list[Picture]:
    """The photos, and each one's four quarters: what was small in it is larger in them."""
    return [*photos, *(quarter for photo in photos for quarter in _quarters(photo))]


def _quarters(photo: Picture) -> list[Picture]:
    height, width = photo.shape[0] // 2, photo.shape[1] // 2
    return [photo[top : top + height, left : left + width] for top in (0, height) for left in (0, width)]


def drawn(samples: Sequence[Sample], count: int) -> list[Sample]:
    """At most `count` of the samples, always the same ones."""
    return sorted(samples, key=lambda sample: hashlib.sha256(sample.file.encode()).hexdigest())[:count]


def native(root: Path, samples: Sequence[Sample], faces: Mapping[str, FoundFace]) -> Iterator[Annotated]:
    """Face photos as they are, each with the one face that `faces` has for it; without one they are left out."""
    for sample in samples:
        if sample.file in faces:
            face = faces[sample.file]
            pixels = read_picture(root / sample.file)
            yield Annotated(pixels, np.asarray([face.box_px], np.float32), face.landmarks_px[None].astype(np.float32))


def composed(portraits: Sequence[Annotated], scenes: Sequence[Picture], seed: int) -> Iterator[Annotated]:
    """One scene after another with one to three upright faces of 40 to 300 px pasted in, until every portrait was used."""
    rng = np.random.default_rng(seed)
    waiting = list(portraits)
    while waiting:
        count = int(rng.integers(1, _MOST_FACES + 1))
        chosen, waiting = waiting[:count], waiting[count:]
        yield _pasted(scenes[int(rng.integers(len(scenes)))], chosen, rng)


def _pasted(photo: Picture, portraits: Sequence[Annotated], rng: np.random.Generator) -> Annotated:
    sizes = np.exp(rng.uniform(np.log(_LEAST_PX), np.log(_MOST_PX), len(portraits)))
    factor = max(1.0, _ROOM * float(sizes.max()) / min(photo.shape[:2]))
    scene = np.asarray(cv2.resize(photo, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)
    parts: list[Annotated] = []
    for portrait, size in zip(portraits, sizes, strict=True):
        piece = paste.cut_face(portrait, float(size), rng)
        mask = paste.rim(piece, rng)
        place = _free_place(scene, piece, parts, rng)
        if place is not None:
            parts.append(paste.blended(scene, piece, mask, *place))
    return joined(scene, parts)


def _free_place(
    scene: Picture, piece: Annotated, taken: Sequence[Annotated], rng: np.random.Generator
) -> tuple[int, int] | None:
    """Left and top where the piece lies wholly inside the scene and its box over no other; None when none was found."""
    height, width = piece.pixels.shape[:2]
    if width > scene.shape[1] or height > scene.shape[0]:
        return None
    for _ in range(_TRIES):
        left = int(rng.integers(scene.shape[1] - width + 1))
        top = int(rng.integers(scene.shape[0] - height + 1))
        covered = np.asarray([left, top, left + width, top + height])
        if all(
            np.any(np.minimum(covered[2:], p.boxes[0, 2:]) <= np.maximum(covered[:2], p.boxes[0, :2])) for p in taken
        ):
            return left, top
    return None

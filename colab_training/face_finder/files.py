"""Composed pictures as the folders of images and labels that ultralytics reads."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from colab_training.face_finder.annotated import MIRRORED_LANDMARKS, Annotated
from colab_training.face_finder.compose import Material, compose
from colab_training.face_finder.settings import PictureSettings
from colab_training.manifest import Sample
from colab_training.pictures import FoundFace, read_picture
from kit.convert.tensor import Picture

_MIN_LABEL_PX = 4.0


@dataclass(frozen=True)
class Portraits:
    """Face photos with the teacher's largest face, drawn so that small sources count for more than their number."""

    root: Path
    by_source: Mapping[str, Sequence[Sample]]
    faces: Mapping[str, FoundFace]

    def draw(self, rng: np.random.Generator) -> Annotated:
        """A random portrait: first a source, by the root of its size, then one of its pictures."""
        sources = sorted(self.by_source)
        weights = np.sqrt([len(self.by_source[source]) for source in sources])
        samples = self.by_source[sources[int(rng.choice(len(sources), p=weights / weights.sum()))]]
        sample = samples[int(rng.integers(len(samples)))]
        face = self.faces[sample.file]
        pixels = read_picture(self.root / sample.file)
        return Annotated(pixels, np.asarray([face.box_px], np.float32), face.landmarks_px[None].astype(np.float32))


def portraits(root: Path, samples: Sequence[Sample], faces: Mapping[str, FoundFace]) -> Portraits:
    """The samples in which the teacher found a face."""
    by_source: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.file in faces:
            by_source[sample.source].append(sample)
    return Portraits(root, by_source, faces)


def material(people: Portraits, photos: Sequence[Path]) -> Material:
    """Pieces from these portraits and photos; photos are kept decoded."""
    read = lru_cache(maxsize=None)(read_picture)

    def photo(rng: np.random.Generator) -> Picture:
        return read(photos[int(rng.integers(len(photos)))])

    return Material(people.draw, photo)


def write_pictures(folder: Path, pieces: Material, how: PictureSettings, count: int, seed: int) -> None:
    """Composes `count` pictures into `folder`/images and `folder`/labels, unless the very same ones are there already."""
    identity = hashlib.sha256(json.dumps([how.model_dump(), count, seed]).encode()).hexdigest()
    stamp = folder / "identity"
    if stamp.is_file() and stamp.read_text() == identity:
        return
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for index in tqdm(range(count), f"composing {folder.name}"):
        picture = compose(pieces, how, np.random.default_rng([seed, index]))
        cv2.imwrite(
            str(folder / "images" / f"{index:05d}.jpg"), picture.pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95]
        )
        (folder / "labels" / f"{index:05d}.txt").write_text(label_lines(picture))
    stamp.write_text(identity)


def write_listing(folder: Path) -> Path:
    """The data file of ultralytics for `folder`/fit and `folder`/watch."""
    listing = folder / "data.yaml"
    lines = [
        f"path: {folder.resolve()}",
        "train: fit/images",
        "val: watch/images",
        "kpt_shape: [5, 3]",
        f"flip_idx: {list(MIRRORED_LANDMARKS)}",
        "names: {0: face}",
    ]
    listing.write_text("\n".join(lines) + "\n")
    return listing


def label_lines(picture: Annotated) -> str:
    """One line a face: class, centre, size and landmarks in shares of the picture; what lies outside is cut off."""
    height, width = picture.pixels.shape[:2]
    size = np.asarray([width, height], np.float32)
    lines = []
    for box, landmarks in zip(picture.boxes, picture.landmarks, strict=True):
        low, high = np.clip(box[:2], 0, size), np.clip(box[2:], 0, size)
        if min(high - low) < _MIN_LABEL_PX:
            continue
        visible = np.all((landmarks >= 0) & (landmarks <= size), axis=1)
        points = np.concatenate([np.clip(landmarks, 0, size) / size, 2.0 * visible[:, None]], axis=1)
        numbers = np.concatenate([(low + high) / 2 / size, (high - low) / size, points.ravel()])
        lines.append("0 " + " ".join(f"{number:.6f}" for number in numbers))
    return "\n".join(lines)

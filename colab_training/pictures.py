"""Decoded pictures with their faces: found once, kept in a cache, cropped by serving's code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from colab_training.manifest import Sample
from colab_training.teacher.mtcnn import open_teacher
from kit.convert.tensor import Box, Picture
from kit.models.card import LoadedModel
from kit.models.registry import Registry
from kit.vision.faces import FaceFinder
from kit.vision.yolo import open_finder

TEACHER_FILE = "teacher_faces.json"


@dataclass(frozen=True)
class FoundFace:
    """The largest face of a picture: its box, and eyes, nose and mouth corners as (5, 2), in pixels."""

    box_px: Box
    landmarks_px: NDArray[np.float32]


@dataclass(frozen=True)
class FacePicture:
    """A decoded picture, uint8 RGB, with its largest face."""

    sample: Sample
    pixels: Picture
    face: FoundFace


def read_picture(path: Path) -> Picture:
    """uint8 (H, W, 3), RGB. Raises ValueError when the file is no picture."""
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError(f"{path} is no picture that OpenCV can read; check the data folder")
    return np.ascontiguousarray(pixels[..., ::-1], np.uint8)


def face_pictures(root: Path, samples: Iterable[Sample], faces: Mapping[str, FoundFace]) -> list[FacePicture]:
    """Decodes the samples in which a face was found; serving would abstain on the others."""
    found = [sample for sample in samples if sample.file in faces]
    return [FacePicture(sample, read_picture(root / sample.file), faces[sample.file]) for sample in found]


def find_faces(root: Path, samples: Iterable[Sample], models: Path, cache: Path) -> dict[str, FoundFace]:
    """The largest face of each sample by file name, from the cache where it has them. Samples without a face are absent.

    Pictures of part "fit" have the teacher's faces, which the finder has learned by heart; all others, and those in which the
    teacher found nothing, go through the finder that serves, so that what is calibrated and measured is what happens in service.
    """
    listed = list(samples)
    model = Registry(models).load("face_finder")
    taught = teacher_faces(root, [sample for sample in listed if sample.part == "fit"], models, cache)
    served = [sample for sample in listed if sample.file not in taught]
    return taught | _remembered(root, served, lambda: open_finder(model), cache / served_file(model))


def served_file(finder: LoadedModel) -> str:
    """Name of the cache of faces by this finder."""
    return f"faces-{finder.card_sha256[:16]}.json"


def teacher_faces(root: Path, samples: Iterable[Sample], models: Path, cache: Path) -> dict[str, FoundFace]:
    """As `find_faces`, by the teacher alone."""
    return _remembered(root, samples, lambda: open_teacher(models), cache / TEACHER_FILE)


def _remembered(
    root: Path, samples: Iterable[Sample], open_one: Callable[[], FaceFinder], path: Path
) -> dict[str, FoundFace]:
    asked = list(samples)
    known: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    missing = [sample for sample in asked if sample.file not in known]
    if missing:
        finder = open_one()
        known |= {
            sample.file: _entry(finder, read_picture(root / sample.file)) for sample in tqdm(missing, "finding faces")
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(known))
    found = ((sample.file, known[sample.file]) for sample in asked)
    return {file: _face(entry) for file, entry in found if entry is not None}


def _entry(finder: FaceFinder, pixels: Picture) -> dict[str, Any] | None:
    faces = finder.find(pixels)
    if not faces:
        return None
    landmarks = np.round(faces[0].landmarks_px, 2).tolist()
    return {"box_px": [round(float(edge), 2) for edge in faces[0].box_px], "landmarks_px": landmarks}


def _face(entry: dict[str, Any]) -> FoundFace:
    x0, y0, x1, y1 = entry["box_px"]
    return FoundFace((x0, y0, x1, y1), np.asarray(entry["landmarks_px"], np.float32))

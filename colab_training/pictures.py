"""Decoded pictures with their faces: found once by the finder that serving uses, kept in a cache, cropped by serving's code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from colab_training.manifest import Sample
from kit.convert.tensor import Box, Picture
from kit.models.registry import Registry
from kit.vision.faces import FaceFinder
from kit.vision.mtcnn import MtcnnFaceFinder, load_nets

CACHE_FILE = "faces.json"


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
    """The largest face of each sample by file name, from the cache where it has them. Samples without a face are absent."""
    path = cache / CACHE_FILE
    known: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    missing = [sample for sample in samples if sample.file not in known]
    if missing:
        model = Registry(models).load("mtcnn")
        finder = MtcnnFaceFinder(load_nets(model), model.reference)
        known |= {
            sample.file: _entry(finder, read_picture(root / sample.file)) for sample in tqdm(missing, "finding faces")
        }
        cache.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(known))
    return {file: _face(entry) for file, entry in known.items() if entry is not None}


def _entry(finder: FaceFinder, pixels: Picture) -> dict[str, Any] | None:
    faces = finder.find(pixels)
    if not faces:
        return None
    landmarks = np.round(faces[0].landmarks_px, 2).tolist()
    return {"box_px": [round(float(edge), 2) for edge in faces[0].box_px], "landmarks_px": landmarks}


def _face(entry: dict[str, Any]) -> FoundFace:
    x0, y0, x1, y1 = entry["box_px"]
    return FoundFace((x0, y0, x1, y1), np.asarray(entry["landmarks_px"], np.float32))

"""Which labelled pictures `frequency` is fitted, calibrated and measured on."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from tqdm import tqdm

from colab_training.manifest import Sample, read_manifest
from colab_training.pictures import FoundFace, read_picture
from kit.vision.faces import FaceFinder, Picture

# In these clips real and fake come from different sources, so nothing is fitted on them. But they look like nothing else here,
# and a calibration that has never seen such pictures would believe in differences that are only theirs.
FRAMES: Final = "video_frames"
_FRAME: Final = 12


@dataclass(frozen=True)
class Labelled:
    """A labelled picture, or a clip of which one frame is taken."""

    path: Path
    sample: Sample

    def read(self) -> Picture:
        """uint8 (H, W, 3), RGB. Raises ValueError when the file cannot be read."""
        return _read_frame(self.path) if self.path.suffix == ".mp4" else read_picture(self.path)


def stills(faces: Path, taught: Collection[str], most: int) -> list[Labelled]:
    """Face stills: all that calibrate or measure, and of each taught source and class the first `most` by digest of the name."""
    return [Labelled(faces / sample.file, sample) for sample in _chosen(read_manifest(faces), taught, most)]


def clips(av: Path) -> list[Labelled]:
    """One frame of each clip of `av/manifest.csv`, for calibration or measurement; none without that file."""
    if not (av / "manifest.csv").is_file():
        return []
    with (av / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [Labelled(av / row["file"], _clip_sample(row)) for row in csv.DictReader(file)]


def found_in(pictures: Sequence[Labelled], finder: FaceFinder) -> dict[str, FoundFace]:
    """The largest face of each picture, by the name of its sample. Pictures without one are absent."""
    faces = {
        picture.sample.file: finder.find(picture.read()) for picture in tqdm(pictures, "finding faces", mininterval=20)
    }
    return {file: FoundFace(found[0].box_px, found[0].landmarks_px) for file, found in faces.items() if found}


def _chosen(samples: Sequence[Sample], taught: Collection[str], most: int) -> list[Sample]:
    fit = [sample for sample in samples if sample.part == "fit" and sample.source in taught]
    chosen = [sample for sample in samples if sample.part != "fit"]
    for key in sorted({(sample.source, sample.fake) for sample in fit}):
        alike = [sample for sample in fit if (sample.source, sample.fake) == key]
        chosen += sorted(alike, key=lambda sample: zlib.crc32(sample.file.encode()))[:most]
    return chosen


def _clip_sample(row: dict[str, str]) -> Sample:
    part = "val" if row["split"] == "val" else "calibration"
    return Sample(f"{FRAMES}/{row['file']}", row["label"] == "fake", row["kind"], part, row["source"])


def _read_frame(path: Path) -> Picture:
    clip = cv2.VideoCapture(str(path))
    for _ in range(_FRAME):
        clip.grab()
    read, frame = clip.retrieve()
    clip.release()
    if not read:
        raise ValueError(f"{path} has no frame {_FRAME} that OpenCV can read; check the data folder")
    return np.ascontiguousarray(frame[..., ::-1], np.uint8)

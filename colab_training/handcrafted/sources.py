"""Which labelled pictures the hand-crafted cues are fitted, calibrated and measured on."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from colab_training.manifest import Sample, read_manifest
from colab_training.pictures import read_picture
from kit.vision.faces import Picture

# In gan_genphotos real and fake differ in size, compression and background: a test at native resolution would learn those.
# diffusion_sd3 has fakes alone, larger than all else.
UNTAUGHT: Final = frozenset({"gan_genphotos", "diffusion_sd3"})
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


def labelled_pictures(data: Path, most: int) -> list[Labelled]:
    """Face stills and one frame of each clip. To fit on: the first `most` (by digest of the name) of each source and class."""
    stills = [Labelled(data / "faces" / sample.file, sample) for sample in _chosen(read_manifest(data / "faces"), most)]
    return stills + _clips(data / "av")


def _chosen(samples: Sequence[Sample], most: int) -> list[Sample]:
    taught = [sample for sample in samples if sample.part == "fit" and sample.source not in UNTAUGHT]
    chosen = [sample for sample in samples if sample.part != "fit"]
    for key in sorted({(sample.source, sample.fake) for sample in taught}):
        alike = [sample for sample in taught if (sample.source, sample.fake) == key]
        chosen += sorted(alike, key=lambda sample: zlib.crc32(sample.file.encode()))[:most]
    return chosen


def _clips(av: Path) -> list[Labelled]:
    with (av / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [Labelled(av / row["file"], _clip_sample(row)) for row in csv.DictReader(file)]


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

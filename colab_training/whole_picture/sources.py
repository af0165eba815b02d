"""The pictures of `whole_picture`: faces, scenes, frames of real clips, and camera photos that are only looked at afterwards."""

from __future__ import annotations

import csv
import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from colab_training.manifest import Sample, read_manifest
from colab_training.pictures import read_picture
from kit.convert.tensor import Picture

SCENES = "scenes"
FRAMES = "video_frames"
CAMERA = "camera_photos"
# Swaps and splices are camera pictures of which a part was changed: neither of the two classes here.
_PARTLY_FAKE = frozenset({"swap_dfdc", "splice_ciplab"})
_FRAME = 12


@dataclass(frozen=True)
class Labelled:
    """A labelled picture: "fake" means made as a whole by a generator."""

    path: Path
    sample: Sample

    def read(self) -> Picture:
        """uint8 (H, W, 3), RGB. Raises ValueError when the file cannot be read."""
        return _read_frame(self.path) if self.path.suffix == ".mp4" else read_picture(self.path)


def labelled_pictures(data: Path) -> list[Labelled]:
    """All pictures of the data folder that belong to one of the classes. Only `faces/` must be there."""
    return [*_faces(data / "faces"), *_scenes(data / "scenes" / "real"), *_clips(data / "av"), *_camera(data)]


def part(pictures: Iterable[Labelled], name: str) -> list[Labelled]:
    """The pictures of one part: fit, calibration or val."""
    return [picture for picture in pictures if picture.sample.part == name]


def by_source(pictures: Iterable[Labelled], *, fake: bool) -> dict[str, list[Labelled]]:
    """The pictures of one class by source."""
    groups: dict[str, list[Labelled]] = defaultdict(list)
    for picture in pictures:
        if picture.sample.fake == fake:
            groups[picture.sample.source].append(picture)
    return dict(groups)


def fewest(pictures: Sequence[Labelled], most: int) -> list[Labelled]:
    """At most `most` of each source and class, chosen by a digest of the name, so that more data do not change the choice."""
    groups = [group for fake in (False, True) for group in by_source(pictures, fake=fake).values()]
    return [picture for group in groups for picture in sorted(group, key=_digest)[:most]]


def scene_part(name: str) -> str:
    """Fit (40%), calibration (20%) or val (40%) by a hash of the file's name: 70 scenes are too few for a smaller val."""
    fraction = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64
    return "fit" if fraction < 0.4 else "calibration" if fraction < 0.6 else "val"


def _faces(faces: Path) -> list[Labelled]:
    samples = [sample for sample in read_manifest(faces) if not (sample.fake and sample.source in _PARTLY_FAKE)]
    return [Labelled(faces / sample.file, sample) for sample in samples]


def _scenes(folder: Path) -> list[Labelled]:
    return [
        Labelled(path, Sample(f"{SCENES}/{path.name}", False, "scene", scene_part(path.name), path.name))
        for path in sorted(folder.glob("*.*"))
    ]


def _clips(av: Path) -> list[Labelled]:
    rows = [row for row in _rows(av / "manifest.csv") if row["label"] == "real"]
    return [
        Labelled(
            av / row["file"], Sample(f"{FRAMES}/{row['file']}", False, row["kind"], _clip_part(row), row["source"])
        )
        for row in rows
    ]


def _clip_part(row: dict[str, str]) -> str:
    if row["split"] == "val":
        return "val"
    # By source: frames of one programme look alike.
    return "calibration" if zlib.crc32(row["source"].encode()) % 4 == 0 else "fit"


def _camera(data: Path) -> list[Labelled]:
    rows = [row for row in _rows(data / "metadata" / "exif_manifest.csv") if row["class"] == "camera_like"]
    return [
        Labelled(data / "metadata" / row["file"], Sample(f"{CAMERA}/{row['file']}", False, "photo", "val", row["file"]))
        for row in rows
    ]


def _rows(manifest: Path) -> list[dict[str, str]]:
    if not manifest.is_file():
        return []
    with manifest.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _read_frame(path: Path) -> Picture:
    clip = cv2.VideoCapture(str(path))
    for _ in range(_FRAME):
        clip.grab()
    read, frame = clip.retrieve()
    clip.release()
    if not read:
        raise ValueError(f"{path} has no frame {_FRAME} that OpenCV can read; check the data folder")
    return np.ascontiguousarray(frame[..., ::-1], np.uint8)


def _digest(picture: Labelled) -> int:
    return zlib.crc32(picture.sample.file.encode())

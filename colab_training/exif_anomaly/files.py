"""The camera files behind the model, and the traits of them and of what the forgeries made of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from colab_training.exif_anomaly.forgeries import FORGERIES
from metadata_svc.cues.exif_traits import traits_of
from metadata_svc.facts import IFD0
from metadata_svc.unsandboxed import read_facts

ORIGINAL: Final = "original"
# Labelled `edited` because an import program names itself, which left all that the camera wrote as it was.
_IMPORTED: Final = ("DSCN0010", "DSCN0025", "DSCN0038", "DSCN0040")
_SIGNED: Final = ("c2pa_public/nikon-20221019-building.jpeg", "c2pa_rs/no_alg.jpg")
_FAMILIES: Final = {"eastman": "kodak", "jk": "kodak", "fuji": "fujifilm", "konica": "minolta"}


@dataclass(frozen=True)
class Camera:
    """A file as a camera wrote it. `make` is the maker's first word, one for makers that share their firmware's habits."""

    name: str
    folder: str
    make: str
    photo: bytes


@dataclass(frozen=True)
class Example:
    """The traits of one file. `kind` is "original" or the name of a forgery; `make` that of the file it was made from."""

    name: str
    make: str
    kind: str
    traits: dict[str, float]

    @property
    def changed(self) -> bool:
        """Whether it is a forgery."""
        return self.kind != ORIGINAL


def cameras(data: Path) -> list[Camera]:
    """All camera files with a make, by name."""
    folder = data / "metadata"
    with (folder / "exif_manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [
        row["file"] for row in rows if row["class"] == "camera_like" or any(name in row["file"] for name in _IMPORTED)
    ]
    read = [_camera(name, (folder / name).read_bytes()) for name in sorted([*names, *_SIGNED])]
    return [camera for camera in read if camera.make]


def examples(found: Sequence[Camera], draws: int, seed: int) -> list[Example]:
    """Every camera file, and `draws` of each forgery made of it with pictures and names of cameras of other makes."""
    rng = np.random.default_rng(seed)
    made = [_example(camera, ORIGINAL, camera.photo) for camera in found]
    for camera in found:
        others = [other for other in found if other.make != camera.make]
        for kind in FORGERIES:
            for _ in range(draws):
                other = others[int(rng.integers(len(others)))]
                made.append(_example(camera, kind, FORGERIES[kind](camera.photo, other.photo, rng)))
    return [example for example in made if example]


def _camera(name: str, photo: bytes) -> Camera:
    words = read_facts(photo).value(IFD0, "Make").lower().replace(",", " ").split()
    first = words[0] if words else ""
    return Camera(Path(name).stem, Path(name).parts[0], _FAMILIES.get(first, first), photo)


def _example(camera: Camera, kind: str, photo: bytes) -> Example | None:
    traits = traits_of(read_facts(photo))
    return None if traits is None else Example(camera.name, camera.make, kind, traits)


def makes(found: Sequence[Example]) -> Iterator[str]:
    """Every make once, by name."""
    yield from sorted({example.make for example in found})

"""The list of labelled face pictures, and its parts: fit, calibration and val, never sharing a group."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "manifest.csv"
CALIBRATION_SHARE = 0.2


@dataclass(frozen=True)
class Sample:
    """One labelled picture. `file` is relative to the folder of the manifest; `part` is fit, calibration or val."""

    file: str
    fake: bool
    kind: str
    part: str
    group: str

    @property
    def source(self) -> str:
        """Name of the body of data, e.g. "swap_dfdc"."""
        return self.file.split("/", 1)[0]


def read_manifest(faces: Path) -> list[Sample]:
    """All samples of `faces/manifest.csv`, in its order. Raises FileNotFoundError when there is none."""
    with (faces / MANIFEST).open(newline="", encoding="utf-8") as file:
        return [_sample(row) for row in csv.DictReader(file)]


def manifest_sha256(faces: Path) -> str:
    """Digest of the manifest, for the card."""
    return hashlib.sha256((faces / MANIFEST).read_bytes()).hexdigest()


def part(samples: Sequence[Sample], name: str) -> list[Sample]:
    """The samples of one part."""
    return [sample for sample in samples if sample.part == name]


def _sample(row: dict[str, str]) -> Sample:
    group = row["group"] or row["file"]
    return Sample(
        file=row["file"],
        fake=row["label"] == "fake",
        kind=row["kind"],
        part="val" if row["split"] == "val" else _train_part(group),
        group=group,
    )


def _train_part(group: str) -> str:
    # By a hash of the group and by nothing else, so that adding files never moves a group from one part to another.
    fraction = int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big") / 2**64
    return "calibration" if fraction < CALIBRATION_SHARE else "fit"

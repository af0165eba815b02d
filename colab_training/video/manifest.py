"""The labelled clips of a data folder: `av/manifest.csv` (file, label, kind, source, has_audio, split)."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Clip:
    """One labelled file, relative to the folder of the manifest."""

    file: str
    fake: bool
    kind: str
    source: str
    split: str


def read_clips_manifest(folder: Path) -> list[Clip]:
    """All clips in the order of the manifest. Raises FileNotFoundError when there is none."""
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [
            Clip(row["file"], row["label"] == "fake", row["kind"], row["source"], row["split"])
            for row in csv.DictReader(file)
        ]


def clips_manifest_sha256(folder: Path) -> str:
    """Digest of the manifest, for the card."""
    return hashlib.sha256((folder / "manifest.csv").read_bytes()).hexdigest()

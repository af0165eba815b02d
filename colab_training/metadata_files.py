"""The labelled files behind the rules of the metadata cues, read by the functions that serve."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kit.media.sniff import SNIFF_BYTES, sniff
from metadata_svc.facts import Facts
from metadata_svc.unsandboxed import read_facts

AUTHENTIC = "authentic"
EDITED = "edited"
GENERATED = "generated"
UNLABELLED = "unlabelled"
_CLASSES = {"camera_like": AUTHENTIC, "edited": EDITED, "no_camera": UNLABELLED}
_GENERATOR_TYPES = (".png", ".jpg")


@dataclass(frozen=True)
class LabelledFile:
    """A file with what is known about it."""

    path: Path
    label: str
    facts: Facts


def labelled_files(data: Path) -> Iterator[LabelledFile]:
    """EXIF samples by their class, ordinary photos as authentic, generators' files, and C2PA samples as unlabelled."""
    metadata = data / "metadata"
    with (metadata / "exif_manifest.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield _read(metadata / row["file"], _CLASSES[row["class"]])
    for path in sorted((data / "scenes" / "real").iterdir()):
        yield _read(path, AUTHENTIC)
    for path in sorted((metadata / "sdparsers").iterdir()):
        if path.suffix in _GENERATOR_TYPES:
            yield _read(path, GENERATED)
    for path in sorted((metadata / "c2pa_public").iterdir()):
        yield _read(path, UNLABELLED)


def _read(path: Path, label: str) -> LabelledFile:
    data = path.read_bytes()
    return LabelledFile(path, label, read_facts(data, sniff(data[:SNIFF_BYTES]).mime_type))

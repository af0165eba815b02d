"""The labelled files behind the rules of the metadata cues, read by the functions that serve."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kit.media.sniff import SNIFF_BYTES, sniff
from metadata_svc import features
from metadata_svc.facts import Facts
from metadata_svc.reading import c2pa_manifest

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


def read_facts(path: Path) -> Facts:
    """Facts about a file, read in this process: labelled files of a data set that was chosen, not uploads of strangers."""
    data = path.read_bytes()
    mime_type = sniff(data[:SNIFF_BYTES]).mime_type
    reading = features.read(data, mime_type)
    signed = reading["has_manifest_store"]
    jpeg = reading["jpeg"]
    return Facts(
        mime_type=mime_type,
        width_px=jpeg["width_px"] if jpeg else None,
        height_px=jpeg["height_px"] if jpeg else None,
        reading=reading,
        provenance=c2pa_manifest.read(data, mime_type, "") if signed else c2pa_manifest.absent(),
    )


def _read(path: Path, label: str) -> LabelledFile:
    return LabelledFile(path, label, read_facts(path))

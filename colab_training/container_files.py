"""Videos and recordings with the labels of their sources, read by the functions that serve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kit.errors import UnsupportedMediaType
from kit.media.sniff import SNIFF_BYTES, sniff
from metadata_svc.facts import Facts
from metadata_svc.reading.containers.read import is_container
from metadata_svc.unsandboxed import read_facts

AUTHENTIC = "authentic"
MANIPULATED = "manipulated"
UNLABELLED = "unlabelled"
_FOLDERS = (
    ("av/real", AUTHENTIC),
    ("av/fake", MANIPULATED),
    ("speech/real", AUTHENTIC),
    ("speech/fake", MANIPULATED),
    ("metadata/c2pa_rs", UNLABELLED),
)


@dataclass(frozen=True)
class ContainerFile:
    """A file with the folder that it lies in and its label."""

    folder: str
    label: str
    facts: Facts


def container_files(data: Path) -> Iterator[ContainerFile]:
    """All videos and recordings of the labelled folders under `data`, in order of their paths."""
    for folder, label in _FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            mime_type = _mime_type(path) if path.is_file() else ""
            if is_container(mime_type):
                yield ContainerFile(folder, label, read_facts(path.read_bytes(), mime_type))


def _mime_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(SNIFF_BYTES)
    try:
        return sniff(head).mime_type
    except UnsupportedMediaType:
        return ""

"""What was expected of each labelled file, and what the served detector says of it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kit.errors import DecoderStopped, UnsupportedMediaType
from kit.media.file import MediaFile
from kit.media.sandbox import Json, SandboxResult
from kit.media.sniff import SNIFF_BYTES, MediaType, sniff
from metadata_svc.detector import MetadataDetector, TaskRunner
from metadata_svc.features import LUMA_TASK
from metadata_svc.rules import CAMERA, EDITOR, GENERATOR
from metadata_svc.software import Trace, origin
from telltale.common.v1 import media_pb2
from telltale.metadata.v1 import facts_pb2

EXPECTED: Final = Path(__file__).with_name("expected.csv")
REFUSED: Final = "refused"
FACTS: Final = ("integrity", "failure", "source_type", "generator", "origin")
_TRUST_FAILURES = ("signingCredential.", "timeStamp.", "cawg.")
_INTEGRITY = {
    facts_pb2.PROVENANCE_INTEGRITY_ABSENT: "absent",
    facts_pb2.PROVENANCE_INTEGRITY_INTACT: "intact",
    facts_pb2.PROVENANCE_INTEGRITY_BROKEN: "broken",
    facts_pb2.PROVENANCE_INTEGRITY_NOT_VERIFIABLE: "not verifiable",
}
_ORIGIN = {
    facts_pb2.FILE_ORIGIN_NONE: "none",
    facts_pb2.FILE_ORIGIN_CAMERA: "camera",
    facts_pb2.FILE_ORIGIN_EDITED: "edited",
    facts_pb2.FILE_ORIGIN_GENERATED: "generated",
}
_KINDS = {
    facts_pb2.SOFTWARE_KIND_CAMERA: CAMERA,
    facts_pb2.SOFTWARE_KIND_EDITOR: EDITOR,
    facts_pb2.SOFTWARE_KIND_GENERATOR: GENERATOR,
}
# The classes of exif_manifest.csv were given by what names itself in EXIF or XMP, whatever other parts of the file say.
_MANIFEST_PLACES = ("EXIF", "XMP")
_MANIFEST_CLASSES = {"camera_like": "camera", "edited": "edited", "no_camera": "none"}


@dataclass(frozen=True)
class Checked:
    """One file: facts expected and found, by the names in `FACTS`, and the origin by EXIF and XMP alone."""

    file: str
    expected: Mapping[str, str]
    found: Mapping[str, str]
    tagged_origin: str

    @property
    def wrong(self) -> list[str]:
        """Names of the facts that are not as expected."""
        return [fact for fact in FACTS if self.found[fact] != self.expected[fact]]


class WithoutPixels:
    """A runner that reads files and decodes no pixels: nothing is expected of the tests that look at them, and they take long."""

    def __init__(self, runner: TaskRunner) -> None:
        self._runner = runner

    def run(
        self, task: str, media: MediaFile, arguments: Mapping[str, Json], *, timeout_s: float | None = None
    ) -> SandboxResult:
        """As of the runner. Raises DecoderStopped for the pixels."""
        if task == LUMA_TASK:
            raise DecoderStopped("Pixels are not looked at here.")
        return self._runner.run(task, media, arguments, timeout_s=timeout_s)


def expected() -> list[dict[str, str]]:
    """The table: a row per file with the facts that its name, its label or a look at it tell, and why."""
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check(detector: MetadataDetector, folder: Path, rows: Iterable[Mapping[str, str]]) -> Iterator[Checked]:
    """Asks the detector about every file of the table in `folder`, as the gateway would."""
    for row in rows:
        found, tagged = _facts(detector, folder / row["file"])
        yield Checked(row["file"], {fact: row[fact] for fact in FACTS}, found, tagged)


def manifest_agreement(checked: Sequence[Checked], folder: Path) -> list[tuple[str, str, str]]:
    """File, class in exif_manifest.csv, and the class by EXIF and XMP."""
    found = {item.file: item.tagged_origin for item in checked}
    with (folder / "exif_manifest.csv").open(encoding="utf-8", newline="") as file:
        return [(row["file"], _MANIFEST_CLASSES[row["class"]], found[row["file"]]) for row in csv.DictReader(file)]


def _facts(detector: MetadataDetector, path: Path) -> tuple[dict[str, str], str]:
    data = path.read_bytes()
    try:
        media_type = sniff(data[:SNIFF_BYTES])
    except UnsupportedMediaType:
        return {**dict.fromkeys(FACTS, ""), "integrity": REFUSED}, ""
    with MediaFile.from_bytes(data) as media:
        facts = detector.examine(media, _info(media, media_type)).facts
    return _told(facts), _tagged_origin(facts)


def _info(media: MediaFile, media_type: MediaType) -> media_pb2.MediaInfo:
    return media_pb2.MediaInfo(
        kind=media_type.kind, mime_type=media_type.mime_type, size_bytes=media.size_bytes, sha256=media.sha256
    )


def _told(facts: facts_pb2.MetadataFacts) -> dict[str, str]:
    failures = [code for code in facts.provenance.failures if not code.startswith(_TRUST_FAILURES)]
    generators = [trace.name for trace in facts.software if trace.kind == facts_pb2.SOFTWARE_KIND_GENERATOR]
    return {
        "integrity": _INTEGRITY[facts.provenance.integrity],
        "failure": " ".join(failures),
        "source_type": " ".join(facts.provenance.digital_source_types),
        "generator": " ".join(dict.fromkeys(generators)),
        "origin": _ORIGIN[facts.origin],
    }


def _tagged_origin(facts: facts_pb2.MetadataFacts) -> str:
    named = [trace for trace in facts.software if trace.location.startswith(_MANIFEST_PLACES)]
    return _ORIGIN[origin([Trace(_KINDS[trace.kind], trace.name, trace.location) for trace in named])]

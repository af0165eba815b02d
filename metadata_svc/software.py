"""Which programs left a mark on a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from metadata_svc.facts import IFD0, Facts
from metadata_svc.reading.containers.found import device_name
from metadata_svc.rules import CAMERA, EDITOR, FACE_EDITOR, GENERATOR, Rules
from telltale.metadata.v1 import facts_pb2

# Tags in which programs name themselves; free text such as a title names programs without having been made by them.
_NAMING_TAGS = {
    "Software", "ProcessingSoftware", "HostComputer", "CreatorTool", "softwareAgent", "OriginatingProgram", "Comment",
    "Credit", "xmptk",
    # Of containers: QuickTime and iTunes, Matroska, RIFF, ID3, Vorbis comments.
    "com.apple.quicktime.software", "software", "©swr", "©too", "encoder", "ENCODER", "tool", "WritingApp", "MuxingApp", "ISFT",
    "Originator", "CodingHistory", "TSSE", "TENC", "vendor",
}  # fmt: skip
# Comments on videos and recordings are written by people and programs alike; only a program says that it made something.
_COMMENTS = {"©cmt", "comment", "COMMENT", "COMM", "ICMT", "ANNO", "description", "DESCRIPTION"}
_SIGNED = re.compile(
    r"\b(made|created|generated|produced|edited|exported|rendered) (with|by|in|using|on)\b", re.IGNORECASE
)
_PHOTOSHOP = "Adobe Photoshop"


@dataclass(frozen=True)
class Trace:
    """A program's mark: its name, its kind (see `metadata_svc.rules`), and where the mark stands."""

    kind: str
    name: str
    location: str


def find_traces(facts: Facts, rules: Rules) -> list[Trace]:
    """All marks, in file order, each program and place once."""
    return list(dict.fromkeys((*_generators(facts), *_named(facts, rules), *_photoshop(facts), *_camera(facts))))


def origin(traces: Iterable[Trace]) -> facts_pb2.FileOrigin.ValueType:
    """Who wrote the file last, by its marks: a generator before an editor before a camera."""
    kinds = {trace.kind for trace in traces}
    if GENERATOR in kinds:
        return facts_pb2.FILE_ORIGIN_GENERATED
    if kinds & {EDITOR, FACE_EDITOR}:
        return facts_pb2.FILE_ORIGIN_EDITED
    return facts_pb2.FILE_ORIGIN_CAMERA if CAMERA in kinds else facts_pb2.FILE_ORIGIN_NONE


def _generators(facts: Facts) -> Iterator[Trace]:
    for chunk in facts.reading["generators"]:
        yield Trace(GENERATOR, chunk["name"], chunk["location"])


def _named(facts: Facts, rules: Rules) -> Iterator[Trace]:
    for tag in facts.reading["tags"]:
        if tag["name"] in _NAMING_TAGS or (tag["name"] in _COMMENTS and _SIGNED.search(tag["value"])):
            program = rules.program(tag["value"])
            if program is not None:
                yield Trace(program.kind, program.name, f"{tag['group']} {tag['name']}")
    signer = rules.program(facts.provenance["claim_generator"])
    if signer is not None:
        yield Trace(signer.kind, signer.name, "C2PA claim generator")


def _photoshop(facts: Facts) -> Iterator[Trace]:
    if any(tag["group"] == "8BIM" for tag in facts.reading["tags"]):
        yield Trace(EDITOR, _PHOTOSHOP, "8BIM resources")
    if "Ducky" in facts.reading["marks"]:
        yield Trace(EDITOR, _PHOTOSHOP, "JPEG marker Ducky")


def _camera(facts: Facts) -> Iterator[Trace]:
    if facts.camera:
        yield Trace(CAMERA, facts.camera, f"{IFD0} Make, Model")
    container = facts.reading["container"]
    if container is not None and device_name(container):
        yield Trace(CAMERA, device_name(container), f"{container['format']} make, model")

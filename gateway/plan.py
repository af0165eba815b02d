"""Which detectors look at which kind of media, and the tests (cues) that each of them answers for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kit.convert.evidence import abstention
from telltale.common.v1 import evidence_pb2, media_pb2

IMAGE = "image"
METADATA = "metadata"


@dataclass(frozen=True)
class Assignment:
    """What a detector is asked for.

    Attributes:
        detector: its name in progress reports.
        cues: the tests that it must answer, each by a finding or an abstention.
        kinds: media that it understands.
    """

    detector: str
    cues: tuple[str, ...]
    kinds: frozenset[media_pb2.MediaKind.ValueType]


ASSIGNMENTS = (
    Assignment(
        IMAGE,
        ("face_spatial", "frequency", "noise_residual", "whole_picture"),
        frozenset({media_pb2.MEDIA_KIND_IMAGE}),
    ),
    Assignment(
        METADATA,
        ("exif_consistency", "jpeg_structure", "provenance", "software_traces"),
        frozenset({media_pb2.MEDIA_KIND_IMAGE, media_pb2.MEDIA_KIND_VIDEO, media_pb2.MEDIA_KIND_AUDIO}),
    ),
)


@dataclass(frozen=True)
class Plan:
    """Who is asked, and what is left out because it does not apply."""

    assignments: tuple[Assignment, ...]
    not_applicable: tuple[evidence_pb2.Evidence, ...]


def plan_for(kind: media_pb2.MediaKind.ValueType) -> Plan:
    """The plan for one kind of media."""
    asked = tuple(assignment for assignment in ASSIGNMENTS if kind in assignment.kinds)
    return Plan(asked, tuple(_left_out(kind)))


def _left_out(kind: media_pb2.MediaKind.ValueType) -> Iterator[evidence_pb2.Evidence]:
    parameters = {"media_kind": media_pb2.MediaKind.Name(kind).removeprefix("MEDIA_KIND_").lower()}
    for assignment in ASSIGNMENTS:
        if kind not in assignment.kinds:
            for cue in assignment.cues:
                yield abstention(cue, evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE, parameters)

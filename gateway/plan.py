"""Which detectors look at which kind of media, and the tests (cues) that each of them answers for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kit.convert.evidence import abstention
from telltale.common.v1 import evidence_pb2, media_pb2

IMAGE = "image"
TEMPORAL = "temporal"
METADATA = "metadata"

_STILL, _VIDEO, _AUDIO = media_pb2.MEDIA_KIND_IMAGE, media_pb2.MEDIA_KIND_VIDEO, media_pb2.MEDIA_KIND_AUDIO


@dataclass(frozen=True)
class Assignment:
    """What a detector is asked for.

    Attributes:
        detector: its name in progress reports.
        cues: the tests that it must answer, each by a finding or an abstention.
        kinds: media that it understands.
        faces: what it has to do with face tracks: it finds them, it waits for them, or neither.
        unspoken: media for which it goes without saying that the tests do not apply: nobody misses movement in a photo.
    """

    detector: str
    cues: tuple[str, ...]
    kinds: frozenset[media_pb2.MediaKind.ValueType]
    faces: Literal["finds", "awaits", ""] = ""
    unspoken: frozenset[media_pb2.MediaKind.ValueType] = frozenset()


ASSIGNMENTS = (
    Assignment(
        IMAGE,
        ("face_spatial", "frequency", "noise_residual", "whole_picture"),
        frozenset({_STILL, _VIDEO}),
        faces="finds",
    ),
    Assignment(
        TEMPORAL,
        ("face_motion", "flow_consistency", "face_drift", "blending_flicker"),
        frozenset({_VIDEO}),
        faces="awaits",
        unspoken=frozenset({_STILL}),
    ),
    Assignment(
        METADATA,
        ("exif_consistency", "jpeg_structure", "provenance", "software_traces"),
        frozenset({_STILL, _VIDEO, _AUDIO}),
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


def settled(depth: media_pb2.Depth.ValueType) -> media_pb2.Depth.ValueType:
    """The depth that is meant: standard when none was asked for."""
    return depth or media_pb2.DEPTH_STANDARD


def _left_out(kind: media_pb2.MediaKind.ValueType) -> Iterator[evidence_pb2.Evidence]:
    parameters = {"media_kind": media_pb2.MediaKind.Name(kind).removeprefix("MEDIA_KIND_").lower()}
    for assignment in ASSIGNMENTS:
        if kind not in assignment.kinds | assignment.unspoken:
            for cue in assignment.cues:
                yield abstention(cue, evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE, parameters)

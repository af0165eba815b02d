"""Which detectors look at which kind of media, and the tests (cues) that each of them answers for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from telltale.common.v1 import media_pb2

IMAGE = "image"
TEMPORAL = "temporal"
AV_SYNC = "av_sync"
METADATA = "metadata"

_STILL, _VIDEO, _AUDIO = media_pb2.MEDIA_KIND_IMAGE, media_pb2.MEDIA_KIND_VIDEO, media_pb2.MEDIA_KIND_AUDIO


@dataclass(frozen=True)
class Assignment:
    """What a detector is asked for.

    Attributes:
        detector: its name in progress reports.
        cues: the tests that it must answer, each by a finding or an abstention.
        kinds: media that it understands. Of others its tests say nothing, not even that they do not apply: nobody misses
            movement in a photo, or faces in a recording.
        faces: what it has to do with face tracks: it finds them, it awaits them before it starts, it takes them late while it is
            at work, or none of these.
        finds: fields of an analysis that it fills, besides evidence.
        whole: it looks at all of a file, however deep others are to look.
        holds_for: how long it would say the same again; None: always. Whether a date lies in the future depends on the day.
    """

    detector: str
    cues: tuple[str, ...]
    kinds: frozenset[media_pb2.MediaKind.ValueType]
    faces: Literal["finds", "awaits", "late", ""] = ""
    finds: frozenset[str] = frozenset()
    whole: bool = False
    holds_for: timedelta | None = None

    def only_for(self, kind: media_pb2.MediaKind.ValueType) -> Assignment:
        """The same without the tests that are not asked about this kind of media: nobody misses the container of a photo."""
        cues = tuple(cue for cue in self.cues if kind in _KINDS_OF_CUE.get(cue, self.kinds))
        return replace(self, cues=cues)


_KINDS_OF_CUE = {
    "container_structure": frozenset({_VIDEO, _AUDIO}),
    "exif_anomaly": frozenset({_STILL}),
    "jpeg_history": frozenset({_STILL}),
    "region_consistency": frozenset({_STILL}),
}
"""Tests that are asked about fewer kinds of media than their detector understands."""

ASSIGNMENTS = (
    Assignment(
        IMAGE,
        ("face_spatial", "frequency", "noise_residual", "whole_picture"),
        frozenset({_STILL, _VIDEO}),
        faces="finds",
        finds=frozenset({"tracks", "examined"}),
    ),
    Assignment(
        TEMPORAL,
        ("face_motion", "flow_consistency", "face_drift", "blending_flicker"),
        frozenset({_VIDEO}),
        faces="awaits",
    ),
    Assignment(
        AV_SYNC,
        ("voice_spoof", "lip_sync", "av_coherence"),
        frozenset({_VIDEO, _AUDIO}),
        faces="late",
        finds=frozenset({"soundtrack", "lip_sync"}),
    ),
    Assignment(
        METADATA,
        (
            "container_structure",
            "exif_anomaly",
            "exif_consistency",
            "jpeg_history",
            "jpeg_structure",
            "provenance",
            "region_consistency",
            "software_traces",
        ),
        frozenset({_STILL, _VIDEO, _AUDIO}),
        finds=frozenset({"metadata"}),
        whole=True,
        holds_for=timedelta(days=1),
    ),
)


def asked_about(kind: media_pb2.MediaKind.ValueType) -> tuple[Assignment, ...]:
    """Who is asked about one kind of media, and for which tests."""
    return tuple(assignment.only_for(kind) for assignment in ASSIGNMENTS if kind in assignment.kinds)


def depth_counts(assignment: Assignment, kind: media_pb2.MediaKind.ValueType) -> bool:
    """Whether the depth that is asked for changes what a detector looks at. Stills are always looked at whole."""
    return kind != _STILL and not assignment.whole


def settled(depth: media_pb2.Depth.ValueType) -> media_pb2.Depth.ValueType:
    """The depth that is meant: standard when none was asked for."""
    return depth or media_pb2.DEPTH_STANDARD

"""Labelled clips with what the tests said of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from google.protobuf import json_format
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from colab_training.fusion_kinds import HAND_SET_WEIGHTS
from colab_training.metrics import Bools, Floats
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import fusion_service_pb2


@dataclass(frozen=True, eq=False)
class Clip:
    """One clip; clips of one `group` show the same footage or person, whatever their source."""

    source: str
    group: str
    fake: bool
    kind: str
    split: str
    request: fusion_service_pb2.FuseRequest


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str = Field(min_length=1)
    group: str = Field(min_length=1)
    label: Literal["real", "fake"]
    kind: str
    split: str
    request: dict[str, object]


def read_clips(path: Path) -> list[Clip]:
    """All clips of a file of JSON lines. Raises ValueError that names the line and what is wrong with it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_clip(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def digest(path: Path) -> str:
    """SHA-256 of the file, for the card."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def labels(clips: Sequence[Clip]) -> Bools:
    """Which clips are fake, (N,)."""
    return np.array([clip.fake for clip in clips], bool)


def shares(clips: Sequence[Clip]) -> Floats:
    """Importance (N,) of each clip, 1 in all: both classes alike, and within a class every source alike."""
    sizes = Counter((clip.fake, clip.source) for clip in clips)
    sources = Counter(fake for fake, _ in sizes)
    return np.array([0.5 / (sources[clip.fake] * sizes[clip.fake, clip.source]) for clip in clips])


def fitted_cues(clips: Sequence[Clip]) -> list[str]:
    """The tests whose weight can be fitted: those with an opinion on any clip, less those weighed by hand; in order of name."""
    spoken = {entry.cue for clip in clips for entry in clip.request.evidence if entry.HasField("finding")}
    return sorted(spoken - set(HAND_SET_WEIGHTS))


def _clip(line: str, place: str) -> Clip:
    try:
        row = _Row.model_validate_json(line)
        request = json_format.ParseDict(row.request, fusion_service_pb2.FuseRequest())
    except (ValidationError, json_format.ParseError) as error:
        raise ValueError(f"{place} is no labelled evidence: {error}") from error
    if request.media.kind != media_pb2.MEDIA_KIND_VIDEO:
        raise ValueError(f"{place} is not about a video; give evidence of videos alone")
    return Clip(row.source, row.group, row.label == "fake", row.kind, row.split, request)

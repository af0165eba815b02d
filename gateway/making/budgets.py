"""How long detectors may take, all together: it follows from what is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from telltale.common.v1 import media_pb2


@dataclass(frozen=True)
class ByDepth:
    """Seconds for media that can be looked at more or less thoroughly."""

    quick_s: float
    standard_s: float
    thorough_s: float

    def of(self, depth: media_pb2.Depth.ValueType) -> float:
        """Seconds at one depth; standard where none was asked for."""
        others = {media_pb2.DEPTH_QUICK: self.quick_s, media_pb2.DEPTH_THOROUGH: self.thorough_s}
        return others.get(depth, self.standard_s)


@dataclass(frozen=True)
class Budgets:
    """Seconds for a photo, and for a video or a recording by depth."""

    still_s: float
    video: ByDepth
    audio: ByDepth

    def of(self, kind: media_pb2.MediaKind.ValueType, depth: media_pb2.Depth.ValueType) -> float:
        """Seconds for one analysis."""
        by_kind = {media_pb2.MEDIA_KIND_VIDEO: self.video, media_pb2.MEDIA_KIND_AUDIO: self.audio}
        return by_kind[kind].of(depth) if kind in by_kind else self.still_s

"""How long detectors may take, all together: it follows from what is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from telltale.common.v1 import media_pb2


@dataclass(frozen=True)
class Budgets:
    """Seconds for a photo or a recording, and for a video by depth."""

    still_s: float
    quick_s: float
    standard_s: float
    thorough_s: float

    def of(self, kind: media_pb2.MediaKind.ValueType, depth: media_pb2.Depth.ValueType) -> float:
        """Seconds for one analysis."""
        if kind != media_pb2.MEDIA_KIND_VIDEO:
            return self.still_s
        by_depth = {media_pb2.DEPTH_QUICK: self.quick_s, media_pb2.DEPTH_THOROUGH: self.thorough_s}
        return by_depth.get(depth, self.standard_s)

"""A picture's brightness and what was measured on it, each at most once, when the first cue asks."""

from __future__ import annotations

from functools import cached_property

from metadata_svc.history.luma import Luma
from metadata_svc.history.reading import LEAST_PX, HistoryReading, is_on_lattice, measure_history, nearest_quality


class Pixels:
    """Of one file. `luma` is None when no brightness could be decoded, or the file is no JPEG."""

    def __init__(self, luma: Luma | None) -> None:
        self.luma = luma

    @cached_property
    def history(self) -> HistoryReading | None:
        """None where there is no brightness, or it is too small, or is not what the file's tables made."""
        luma = self.luma
        if luma is None or min(luma.plane.shape) < LEAST_PX or not is_on_lattice(luma):
            return None
        return measure_history(luma)

    @cached_property
    def quality(self) -> int:
        """Quality of the file's own table, [1, 100]; 0 without brightness."""
        return nearest_quality(self.luma) if self.luma is not None else 0

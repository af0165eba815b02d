"""How one person's lips lie against the sound over time, for a person to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from av_sync_svc.face_mesh import Floats
from av_sync_svc.lips import MAX_SHIFT, SHIFT_MS, SHIFTS, best_shift, clearness
from kit.convert.times import time_range
from kit.media.spans import Span
from telltale.av_sync.v1 import sound_pb2

MAX_WINDOWS: Final = 1024
"""Most windows that a curve may list, by its contract."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One person's lips in one window, held against the sound."""

    track_id: int
    number: int
    """Of the window, the same for everybody."""
    start_s: float
    end_s: float
    face_px: float
    agreements: Floats
    """(len(SHIFTS),) in [-1, 1]; NaN where too little sound is known."""
    misfit: float
    """See `lips.misfit`."""


def curve_of(track_id: int, windows: Sequence[Judged]) -> sound_pb2.LipSyncCurve:
    """The curve of one person over at least one window, in order of time."""
    together = np.nanmean([window.agreements for window in windows], axis=0)
    step = -(-len(windows) // MAX_WINDOWS)
    return sound_pb2.LipSyncCurve(
        track_id=track_id,
        offset_ms=SHIFT_MS * best_shift(together),
        confidence=clearness(together),
        distances=[
            sound_pb2.OffsetDistance(offset_ms=SHIFT_MS * shift, distance=_distance(value))
            for shift, value in zip(SHIFTS, together, strict=True)
            if not np.isnan(value)
        ],
        windows=[_window(window) for window in windows[::step]],
    )


def _window(window: Judged) -> sound_pb2.LipSyncWindow:
    return sound_pb2.LipSyncWindow(
        time=time_range(Span(window.start_s, window.end_s)),
        offset_ms=SHIFT_MS * best_shift(window.agreements),
        confidence=clearness(window.agreements),
        distance=_distance(window.agreements[MAX_SHIFT]),
    )


def _distance(agreement: float) -> float:
    """[0, 2], from an agreement in [-1, 1]; 1 where it is unknown."""
    return 1.0 if np.isnan(agreement) else float(np.clip(1.0 - agreement, 0.0, 2.0))

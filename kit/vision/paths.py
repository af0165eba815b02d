"""Where a face is at any moment, from the observations of its track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from kit.errors import InvalidRequest
from kit.vision.faces import Floats
from telltale.common.v1 import faces_pb2

Times = npt.NDArray[np.float64]

MAX_GAP_S: Final = 0.7
"""Longest time between two observations over which a face is taken to have been there, moving evenly."""
_LANDMARKS: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class FacePath:
    """One face of a video over time, in pixels of the upright picture."""

    track_id: int
    times_s: Times
    """(N,) of the observations, rising, N >= 1."""
    boxes_px: Floats
    """(N, 4) left, top, right, bottom."""
    landmarks_px: Floats
    """(N, 5, 2) x and y."""

    def covered(self, times_s: Times) -> npt.NDArray[np.bool_]:
        """(T,) whether the face is known at each moment (T,): at an observation, or between two at most MAX_GAP_S apart."""
        after = np.searchsorted(self.times_s, times_s, side="left")
        before = np.searchsorted(self.times_s, times_s, side="right") - 1
        inside = (before >= 0) & (after < len(self.times_s))
        last = len(self.times_s) - 1
        gap_s = self.times_s[np.minimum(after, last)] - self.times_s[np.maximum(before, 0)]
        return np.asarray(inside & (gap_s <= MAX_GAP_S), dtype=np.bool_)

    def at(self, times_s: Times) -> tuple[Floats, Floats]:
        """Boxes (T, 4) and landmarks (T, 5, 2) at moments (T,), linear between observations.

        Before the first and after the last, where nothing is covered, they stand still.
        """
        values = np.concatenate([self.boxes_px, self.landmarks_px.reshape(-1, 2 * _LANDMARKS)], axis=1)  # (N, 14)
        columns = [np.interp(times_s, self.times_s, column) for column in values.T]
        found = np.stack(columns, axis=-1).astype(np.float32)  # (T, 14)
        return found[:, :4], found[:, 4:].reshape(-1, _LANDMARKS, 2)


def path_of(track: faces_pb2.FaceTrack, width_px: int, height_px: int) -> FacePath:
    """The path of a track in a video of `width_px` by `height_px`.

    Raises InvalidRequest when it has no observation, they are not in order of time, or one has not five landmarks.
    """
    times_s = np.asarray([seen.time_offset.ToNanoseconds() / 1e9 for seen in track.observations], dtype=np.float64)
    if not times_s.size or (np.diff(times_s) <= 0).any():
        raise InvalidRequest(
            f"track {track.track_id}: its observations must be in order of time, at least one; sort them"
        )
    if any(len(seen.landmarks) != _LANDMARKS for seen in track.observations):
        raise InvalidRequest(
            f"track {track.track_id}: every observation needs five landmarks; send tracks of a face finder"
        )
    boxes = [(box.x_min, box.y_min, box.x_max, box.y_max) for box in (seen.box for seen in track.observations)]
    landmarks = [[(point.x, point.y) for point in seen.landmarks] for seen in track.observations]
    size = np.asarray([width_px, height_px], dtype=np.float32)
    return FacePath(
        track.track_id,
        times_s,
        np.asarray(boxes, dtype=np.float32) * np.tile(size, 2),
        np.asarray(landmarks, dtype=np.float32) * size,
    )

"""Faces as tracks of the public contract: those of a still, and those of a video over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np
from google.protobuf.duration_pb2 import Duration

from kit.convert.evidence import normalized_box
from kit.convert.times import duration
from kit.vision.faces import Face, Floats
from kit.vision.linking import Link
from kit.vision.paths import Times
from kit.vision.smoothing import smoothed
from telltale.common.v1 import faces_pb2

MAX_TRACKS: Final = 64
"""Most tracks that one answer may hold, by its contract."""
MAX_OBSERVATIONS: Final = 16_000
"""Most observations of all tracks together: about 2.6 MB of a message that may have 4 MiB."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One face of a video over time, in pixels of the frames that were looked at."""

    number: int
    """What its faces were called while frames were looked at."""
    times_s: Times
    """(T,) of the frames it was found in, rising, T >= 1."""
    boxes_px: Floats
    """(T, 4) left, top, right, bottom, smoothed over time."""
    landmarks_px: Floats
    """(T, 5, 2) x and y, smoothed over time."""
    probabilities: Floats
    """(T,) the finder's, [0, 1]."""

    @property
    def largest_px(self) -> float:
        """The longer side of its largest box."""
        return float((self.boxes_px[:, 2:] - self.boxes_px[:, :2]).max())

    def face(self, index: int) -> Face:
        """The face at one of the times."""
        left, top, right, bottom = (float(edge) for edge in self.boxes_px[index])
        return Face((left, top, right, bottom), self.landmarks_px[index], float(self.probabilities[index]))


def track_of(link: Link) -> Track:
    """The smoothed track of linked faces."""
    times_s = np.asarray(link.times_s, dtype=np.float64)
    boxes = np.asarray([face.box_px for face in link.faces], dtype=np.float32)
    landmarks = np.stack([face.landmarks_px for face in link.faces])
    values = smoothed(times_s, np.concatenate([boxes, landmarks.reshape(len(boxes), -1)], axis=1))  # (T, 14)
    probabilities = np.asarray([face.probability for face in link.faces], dtype=np.float32)
    return Track(link.number, times_s, values[:, :4], values[:, 4:].reshape(landmarks.shape), probabilities)


def tracks_of(links: Sequence[Link]) -> list[Track]:
    """The tracks of links, in their order, as many as an answer may hold."""
    together = accumulate(len(link.faces) for link in links)
    fitting = [link for link, count in zip(links, together, strict=True) if count <= MAX_OBSERVATIONS]
    return [track_of(link) for link in fitting[:MAX_TRACKS]]


def tracks_of_still(faces: Sequence[Face], width_px: int, height_px: int) -> list[faces_pb2.FaceTrack]:
    """One track with one observation per face, largest face first, of a picture of `width_px` by `height_px`."""
    ordered = sorted(faces, key=lambda face: -face.longer_side_px)
    return [
        faces_pb2.FaceTrack(track_id=index, observations=[_observation(face, (width_px, height_px), width_px)])
        for index, face in enumerate(ordered)
    ]


def tracks_of_video(
    tracks: Sequence[Track], frame_px: tuple[int, int], file_width_px: int
) -> list[faces_pb2.FaceTrack]:
    """Tracks numbered by their order. `frame_px` is width and height of the frames, `file_width_px` that of the upright video."""
    return [
        faces_pb2.FaceTrack(
            track_id=index,
            observations=[
                _observation(track.face(row), frame_px, file_width_px, duration(time_s))
                for row, time_s in enumerate(track.times_s)
            ],
        )
        for index, track in enumerate(tracks)
    ]


def _observation(
    face: Face, picture_px: tuple[int, int], file_width_px: int, time_offset: Duration | None = None
) -> faces_pb2.FaceObservation:
    width_px, height_px = picture_px
    return faces_pb2.FaceObservation(
        time_offset=time_offset,
        box=normalized_box(face.box_px, width_px, height_px),
        landmarks=[
            faces_pb2.NormalizedPoint(x=float(x) / width_px, y=float(y) / height_px) for x, y in face.landmarks_px
        ],
        detection_probability=face.probability,
        width_px=max(0, round(face.width_px * file_width_px / width_px)),
    )

"""Paths of faces, clips, models and cues for tests of the detector for movement."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kit.models.card import LoadedModel
from kit.vision.clips import CLIP_S, FaceClip
from kit.vision.paths import FacePath
from telltale.common.v1 import faces_pb2
from telltale.image.v1 import image_service_pb2
from telltale.model.v1 import card_pb2
from temporal_svc.cues.cue import Floats
from temporal_svc.opinion import ClipMoment
from temporal_svc.warm_up import noisy_clip

LOOK_S = 0.16
"""Time between two looks for faces."""


def a_path(
    start_s: float = 0.0, end_s: float = 5.0, *, track_id: int = 0, side_px: float = 100, speed_px_s: float = 0
) -> FacePath:
    """A square face that begins at (200, 100) and moves to the right at an even speed."""
    times_s = np.arange(start_s, end_s, LOOK_S)
    lefts = 200 + speed_px_s * (times_s - start_s)
    boxes = np.stack([lefts, np.full_like(lefts, 100), lefts + side_px, np.full_like(lefts, 100 + side_px)], axis=1)
    middles = np.stack([lefts + side_px / 2, np.full_like(lefts, 100 + side_px / 2)], axis=1)
    landmarks = np.repeat(middles[:, None], 5, axis=1)
    return FacePath(track_id, times_s, boxes.astype(np.float32), landmarks.astype(np.float32))


def a_clip(start_s: float = 0.0, *, track_id: int = 0, face_px: float = 200) -> FaceClip:
    """A clip of noise."""
    clip = noisy_clip()
    end_s = start_s + CLIP_S
    return dataclasses.replace(
        clip, start_s=start_s, end_s=end_s, times_s=clip.times_s + start_s, track_id=track_id, face_px=face_px
    )


def a_moment(start_s: float = 0.0, ratio: float = 0.0, *, track_id: int = 0, face_px: float = 200) -> ClipMoment:
    """A whole clip that was judged."""
    return ClipMoment(track_id, start_s, start_s + CLIP_S, ratio, face_px)


def tracks(path: FacePath, width_px: int, height_px: int, *, examined_s: float) -> image_service_pb2.FaceTracks:
    """A path as the contract has it, looked for from the beginning up to `examined_s`."""
    message = image_service_pb2.FaceTracks(tracks=[faces_pb2.FaceTrack(track_id=path.track_id)])
    size = (width_px, height_px)
    for time_s, box, points in zip(path.times_s, path.boxes_px, path.landmarks_px, strict=True):
        seen = message.tracks[0].observations.add(detection_probability=1.0)
        seen.time_offset.FromMicroseconds(round(time_s * 1e6))
        edges = (float(edge) for edge in box / np.tile(np.asarray(size), 2))
        seen.box.x_min, seen.box.y_min, seen.box.x_max, seen.box.y_max = edges
        for x, y in points / np.asarray(size):
            seen.landmarks.add(x=float(x), y=float(y))
    examined = message.examined.add()
    examined.start.FromSeconds(0)
    examined.end.FromMicroseconds(round(examined_s * 1e6))
    return message


def a_model(name: str = "face_motion", *, min_face_px: int = 60) -> LoadedModel:
    """A model that exists in memory alone: clips as they are cut, the identity as calibration."""
    card = card_pb2.ModelCard(name=name, version="1.0.0")
    card.postprocessing.calibration.CopyFrom(card_pb2.Calibration(slope=1, intercept=0, limit=3))
    card.clip_preprocessing.CopyFrom(
        card_pb2.ClipPreprocessing(
            frames=16,
            rate_fps=12.5,
            face_scale=1.6,
            side_px=128,
            min_face_px=min_face_px,
        )
    )
    return LoadedModel(card=card, card_sha256="ab" * 32, folder=Path("nowhere"))


class FixedCue:
    """A cue that says of each clip what a function of its start says, and remembers what it was shown."""

    code_for = "movement_strange"
    code_against = "movement_usual"

    def __init__(
        self, ratio: Callable[[float], float] = lambda _: 1.0, *, name: str = "face_motion", min_face_px: int = 60
    ) -> None:
        self.name = name
        self.model = a_model(name, min_face_px=min_face_px)
        self.shown: list[FaceClip] = []
        self._ratio = ratio

    def log_likelihood_ratios(self, clips: Sequence[FaceClip]) -> Floats:
        self.shown += clips
        return np.asarray([self._ratio(clip.start_s) for clip in clips])

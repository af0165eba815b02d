"""Faces of a still as tracks of the public contract."""

from __future__ import annotations

from collections.abc import Sequence

from kit.convert.evidence import normalized_box
from kit.vision.faces import Face
from telltale.common.v1 import faces_pb2


def tracks_of_still(faces: Sequence[Face], width_px: int, height_px: int) -> list[faces_pb2.FaceTrack]:
    """One track with one observation per face, largest face first, of a picture of `width_px` by `height_px`."""
    ordered = sorted(faces, key=lambda face: -face.longer_side_px)
    return [
        faces_pb2.FaceTrack(track_id=index, observations=[_observation(face, width_px, height_px)])
        for index, face in enumerate(ordered)
    ]


def _observation(face: Face, width_px: int, height_px: int) -> faces_pb2.FaceObservation:
    return faces_pb2.FaceObservation(
        box=normalized_box(face.box_px, width_px, height_px),
        landmarks=[
            faces_pb2.NormalizedPoint(x=float(x) / width_px, y=float(y) / height_px) for x, y in face.landmarks_px
        ],
        detection_probability=face.probability,
        width_px=max(0, round(face.width_px)),
    )

"""What the hand-crafted cues ask of a picture before they look at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from image_svc.features import Window, blockiness, luma
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2

MIN_FACE_PX: Final = 64
"""Smallest longer side of a face box that the cues were fitted on."""
MAX_BLOCKINESS: Final = 2.3
"""About JPEG quality 25: below it, quantisation has replaced the traces that the cues look for."""
_CLEAN_BLOCKINESS: Final = 1.3


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a cue has no opinion on a picture."""

    reason: evidence_pb2.AbstentionReason.ValueType
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Admitted:
    """The part of a picture around its largest face that a cue may examine."""

    pixels: Picture
    """(h, w, 3), contiguous, its top left corner on the picture's 8x8 grid."""
    corner_px: tuple[int, int]
    """Where its left and top edges lie in the picture."""
    face_box_px: tuple[float, float, float, float]
    """The face in pixels of the part."""
    blockiness: float


def admit(picture: Picture, faces: Sequence[Face], window: Window) -> Admitted | Refusal:
    """The window around the largest face, or a refusal: no face, face or picture too small, too compressed."""
    if not faces:
        return Refusal(evidence_pb2.ABSTENTION_REASON_NO_FACE, {})
    face = faces[0]
    if face.longer_side_px < MIN_FACE_PX:
        sizes = {"face_px": str(round(face.longer_side_px)), "needed_px": str(MIN_FACE_PX)}
        return Refusal(evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL, sizes)
    left, top, right, bottom = window.around(face, picture)
    if min(right - left, bottom - top) < MIN_FACE_PX:
        sizes = {"width_px": str(right - left), "height_px": str(bottom - top), "needed_px": str(MIN_FACE_PX)}
        return Refusal(evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL, sizes)
    pixels = np.ascontiguousarray(picture[top:bottom, left:right])
    blocky = blockiness(luma(pixels))
    if blocky > MAX_BLOCKINESS:
        return Refusal(evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED, {"blockiness": f"{blocky:.1f}"})
    x_min, y_min, x_max, y_max = face.box_px
    return Admitted(pixels, (left, top), (x_min - left, y_min - top, x_max - left, y_max - top), blocky)


def quality_of(blocky: float, strangeness: float) -> float:
    """[0, 1]: 1 for a clean, ordinary picture; falls to 0 towards the most compressed and the strangest admitted."""
    clean = (MAX_BLOCKINESS - blocky) / (MAX_BLOCKINESS - _CLEAN_BLOCKINESS)
    return float(np.clip(clean, 0, 1) * np.clip(2 * (1 - strangeness), 0, 1))

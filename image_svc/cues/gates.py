"""What the cues that look at native pixels ask of a picture before they look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from image_svc.features import blockiness, luma
from kit.convert.tensor import PixelBox
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2

MIN_FACE_PX: Final = 64
"""Smallest longer side of a face box that the cues were fitted on."""
MAX_BLOCKINESS: Final = 2.3
"""About JPEG quality 25: below it, quantisation has replaced the traces that the cues look for."""
_CLEAN_BLOCKINESS: Final = 1.3

Cut = Callable[[Face, Picture], PixelBox]
"""Left, top, right, bottom of what a cue wants to see of a face; left and top lie on the picture's 8x8 grid."""


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
    area_px: PixelBox
    """Where it lies in the picture: left, top, right, bottom."""
    blockiness: float


def admit(picture: Picture, faces: Sequence[Face], cut: Cut) -> Admitted | Refusal:
    """The part around the largest face, or a refusal: no face, face or picture too small, too compressed."""
    if not faces:
        return Refusal(evidence_pb2.ABSTENTION_REASON_NO_FACE, {})
    face = faces[0]
    if face.longer_side_px < MIN_FACE_PX:
        sizes = {"face_px": str(round(face.longer_side_px)), "needed_px": str(MIN_FACE_PX)}
        return Refusal(evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL, sizes)
    if min(picture.shape[:2]) < MIN_FACE_PX:
        return _too_small(picture)
    left, top, right, bottom = cut(face, picture)
    pixels = np.ascontiguousarray(picture[top:bottom, left:right])
    if min(pixels.shape[:2]) < MIN_FACE_PX:
        return _too_small(pixels)
    blocky = blockiness(luma(pixels))
    if blocky > MAX_BLOCKINESS:
        return Refusal(evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED, {"blockiness": f"{blocky:.1f}"})
    return Admitted(pixels, (left, top, right, bottom), blocky)


def quality_of(blocky: float, strangeness: float) -> float:
    """[0, 1]: 1 for a clean, ordinary picture; falls to 0 towards the most compressed and the strangest admitted."""
    clean = (MAX_BLOCKINESS - blocky) / (MAX_BLOCKINESS - _CLEAN_BLOCKINESS)
    return float(np.clip(clean, 0, 1) * np.clip(2 * (1 - strangeness), 0, 1))


def _too_small(pixels: Picture) -> Refusal:
    height, width = pixels.shape[:2]
    sizes = {"width_px": str(width), "height_px": str(height), "needed_px": str(MIN_FACE_PX)}
    return Refusal(evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL, sizes)

"""What `whole_picture` asks of a picture before it looks at it, and of its network afterwards. Training calls these functions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from image_svc.cues.gates import Refusal
from image_svc.features import BLOCK_PX, Floats, blockiness, luma
from kit.convert.patches import PatchGrid, patch_grid, patch_tensors
from kit.models.runtime import Session
from kit.vision.faces import Picture
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

INPUT: Final = "patch"
LOGIT: Final = "logit"
RANGE: Final = "range"
GENERATED: Final = "generated"
"""Name of the operating point above which the cue calls a picture generated."""
MAX_BLOCKINESS: Final = 2.3
"""The median photo reaches it at JPEG quality 20, one in twenty at 40: quantisation has replaced the traces looked for."""
_MIN_STEP: Final = 0.5
"""Mean step between neighbouring pixels, in grey levels: below it a patch is flat (sky, walls, blown-out light)."""
_MIN_USABLE: Final = 0.25
"""Smallest share of patches that must not be flat."""


@dataclass(frozen=True, slots=True, eq=False)
class Admitted:
    """The patches of a picture that the network may judge."""

    grid: PatchGrid
    usable: npt.NDArray[np.bool_]
    """(N,) False where a patch is flat."""
    tensors: Floats
    """(usable, 3, side, side)."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What the network says about a picture."""

    logits: Floats
    """(usable,) one a patch."""
    strangeness: float
    """How far the picture lies from those of the fit; above 1 the logits must not be believed."""

    @property
    def raw(self) -> float:
        """The picture's logit, uncalibrated: the mean over its patches."""
        return float(self.logits.mean())


def admit(picture: Picture, preprocessing: card_pb2.ImagePreprocessing) -> Admitted | Refusal:
    """The patches of an (H, W, 3) RGB picture, or a refusal: too small, too compressed, too flat."""
    height, width = picture.shape[:2]
    if height < preprocessing.height_px or width < preprocessing.width_px:
        needed_px = str(max(preprocessing.height_px, preprocessing.width_px))
        sizes = {"width_px": str(width), "height_px": str(height), "needed_px": needed_px}
        return Refusal(evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL, sizes)
    grid = patch_grid(height, width, preprocessing)
    planes = [luma(picture[top:bottom, left:right]) for left, top, right, bottom in grid.boxes_px]
    usable = np.array([_step(plane) >= _MIN_STEP for plane in planes])
    if usable.sum() < math.ceil(_MIN_USABLE * usable.size):
        return Refusal(evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE, {"missing": "fine texture to test"})
    blocky = float(np.mean([blockiness(plane) for plane, keep in zip(planes, usable, strict=True) if keep]))
    if blocky > MAX_BLOCKINESS:
        return Refusal(evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED, {"blockiness": f"{blocky:.1f}"})
    return Admitted(grid, usable, patch_tensors(picture, grid, preprocessing)[usable])


def judge(session: Session, tensors: Floats) -> Judged:
    """Runs the network on patches (N, 3, side, side)."""
    answer = session.run({INPUT: tensors})
    return Judged(answer[LOGIT], float(np.sqrt(np.mean(answer[RANGE].mean(axis=0) ** 2))))


def _step(plane: Floats) -> float:
    # Inside JPEG blocks only: the borders of the blocks of a flat, compressed area are no texture.
    steps = np.abs(np.diff(plane, axis=1))
    return float(steps[:, np.arange(steps.shape[1]) % BLOCK_PX != BLOCK_PX - 1].mean())

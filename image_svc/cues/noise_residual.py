"""`noise_residual`: does the noise of the face match the noise around it?

One exposure, one demosaicing and one compression leave one kind of noise; a pasted, redrawn or retouched face brings its own
(methods: image_svc/residuals.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from image_svc.cues.gates import Refusal, admit
from image_svc.cues.handcrafted import Anomaly, Handcrafted, Measured
from image_svc.features import NOISE_WINDOW, Floats
from image_svc.residuals import HOP_PX, PATCH_PX, compare
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2

# A patch this many spreads away from those around the face is the strongest response that the map shows.
_FULL_SCALE: Final = 6.0


def measure(picture: Picture, faces: Sequence[Face]) -> Measured | Refusal:
    """The noise of the largest face against that around it, and where patches differ."""
    admitted = admit(picture, faces, NOISE_WINDOW)
    if isinstance(admitted, Refusal):
        return admitted
    comparison = compare(admitted.pixels, admitted.face_box_px)
    if comparison is None:
        return Refusal(evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE, {"missing": "patches with visible noise"})
    return Measured(comparison.features, admitted.blockiness, _anomaly(comparison.anomaly, admitted.corner_px))


def _anomaly(distance: Floats, corner_px: tuple[int, int]) -> Anomaly:
    smooth = cv2.GaussianBlur(distance, (0, 0), 1.0)
    rows, columns = distance.shape
    # Centres of neighbouring patches are one hop apart, so a cell stands for the hop around its centre.
    left, top = (edge + (PATCH_PX - HOP_PX) / 2 for edge in corner_px)
    area_px = (left, top, left + columns * HOP_PX, top + rows * HOP_PX)
    return Anomaly(np.clip(smooth / _FULL_SCALE, 0, 1).astype(np.float32), area_px)


NOISE_RESIDUAL: Final = Handcrafted("noise_residual", "noise_inconsistent", "noise_consistent", measure)

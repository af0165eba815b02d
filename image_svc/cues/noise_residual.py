"""`noise_residual`: was every part of the face made alike, and do the parts belong to each other?

A pasted, swapped or retouched part was resampled, compressed and denoised in another way than what is around it, and it ends at a
seam. A network looks for that in high-pass residuals and in the picture, at native resolution, and says where
(colab_training/noise_residual/network.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from image_svc.cues.gates import Admitted, Refusal, admit, quality_of
from kit.convert.evidence import abstention, evidence_map, finding, normalized_box
from kit.convert.tensor import PixelBox, normalise
from kit.convert.windows import fitted, window_box
from kit.models.calibration import log_likelihood_ratio, probability
from kit.models.card import LoadedModel
from kit.models.runtime import Session
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2

NAME: Final = "noise_residual"
INCONSISTENT: Final = "noise_inconsistent"
CONSISTENT: Final = "noise_consistent"


class NoiseResidualCue:
    """The network of the model `noise_residual`: a window around the largest face in, a logit and a map of logits out."""

    name = NAME

    def __init__(self, session: Session, model: LoadedModel) -> None:
        self._session = session
        self.model = model

    def examine(self, picture: Picture, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        """A finding about the largest face, or an abstention."""
        admitted = admit(picture, faces, self._window)
        if isinstance(admitted, Refusal):
            return abstention(NAME, admitted.reason, admitted.parameters, model=self.model.reference)
        return self._finding(admitted, faces[0], (picture.shape[1], picture.shape[0]))

    def _window(self, face: Face, picture: Picture) -> PixelBox:
        return window_box(picture.shape, self.model.card.image_preprocessing, face.box_px)

    def _finding(self, admitted: Admitted, face: Face, size_px: tuple[int, int]) -> evidence_pb2.Evidence:
        preprocessing = self.model.card.image_preprocessing
        tensor = normalise(fitted(admitted.pixels, preprocessing), preprocessing)  # (3, h, w)
        answer = self._session.run({"window": tensor[None]})
        ratio = log_likelihood_ratio(float(answer["logit"][0]), self.model.card.postprocessing.calibration)
        suspicious = ratio > 0
        region = evidence_pb2.Region(box=normalized_box(face.box_px, *size_px), strength=probability(ratio), track_id=0)
        return finding(
            NAME,
            ratio,
            quality_of(admitted.blockiness, 0.0) * min(1.0, face.probability),
            INCONSISTENT if suspicious else CONSISTENT,
            {},
            regions=[region] if suspicious else [],
            map=_map(answer["map"][0], admitted.area_px, size_px) if suspicious else None,
            model=self.model.reference,
        )


def _map(cells: npt.NDArray[np.float32], area_px: PixelBox, size_px: tuple[int, int]) -> evidence_pb2.EvidenceMap:
    """The cells' logits (h, w), as the network gives them, as probabilities over the window."""
    return evidence_map(1 / (1 + np.exp(-cells)), normalized_box(area_px, *size_px))

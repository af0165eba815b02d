"""`whole_picture`: a convolutional network that looks at patches of the picture for traces of a generator, faces or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from image_svc.cues.gates import Refusal
from image_svc.patches import GENERATED, Admitted, Judged, admit, judge
from kit.convert.evidence import abstention, evidence_map, finding, normalized_box
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel
from kit.models.runtime import Session
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2

NAME: Final = "whole_picture"
SYNTHETIC: Final = "whole_picture_synthetic"
NATURAL: Final = "whole_picture_natural"


class WholePictureCue:
    """The network of the model `whole_picture`: patches in, a logit and range features each."""

    name = NAME

    def __init__(self, session: Session, model: LoadedModel) -> None:
        self._session = session
        self.model = model

    def examine(self, picture: Picture, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        """Evidence about the picture as a whole; faces play no part."""
        admitted = admit(picture, self.model.card.image_preprocessing)
        if isinstance(admitted, Refusal):
            return abstention(NAME, admitted.reason, admitted.parameters, model=self.model.reference)
        judged = judge(self._session, admitted.tensors)
        if judged.strangeness > 1:
            parameters = {"strangeness": f"{judged.strangeness:.1f}"}
            reason = evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
            return abstention(NAME, reason, parameters, model=self.model.reference)
        ratio = log_likelihood_ratio(judged.raw, self.model.card.postprocessing.calibration)
        # Photos of other cameras than those of the fit easily lie a little above even.
        if 0 < ratio < self._threshold():
            return abstention(NAME, evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE, {}, model=self.model.reference)
        return self._finding(admitted, judged, ratio, (picture.shape[1], picture.shape[0]))

    def _threshold(self) -> float:
        points = self.model.card.postprocessing.operating_points
        return next((point.threshold for point in points if point.name == GENERATED), 0.0)

    def _finding(
        self, admitted: Admitted, judged: Judged, ratio: float, size_px: tuple[int, int]
    ) -> evidence_pb2.Evidence:
        calibration = self.model.card.postprocessing.calibration
        chances = np.zeros(admitted.usable.size, dtype=np.float32)
        chances[admitted.usable] = 1 / (1 + np.exp(-(calibration.slope * judged.logits + calibration.intercept)))
        rows = chances.reshape(len(admitted.grid.tops_px), len(admitted.grid.lefts_px))
        suspicious = int((chances > 0.5).sum())
        return finding(
            NAME,
            ratio,
            float(min(1.0, 2 * (1 - judged.strangeness)) * admitted.usable.mean()),
            SYNTHETIC if ratio > 0 else NATURAL,
            {"patches": str(judged.logits.size), "suspicious_patches": str(suspicious)},
            map=evidence_map(rows, normalized_box(admitted.grid.cover_px, *size_px)) if ratio > 0 else None,
            model=self.model.reference,
        )

"""`face_spatial`: a convolutional network that looks at each face for traces of synthesis, swapping or retouching."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from kit.convert.evidence import abstention, finding, map_of_crop, normalized_box
from kit.convert.tensor import crop_box, to_tensor
from kit.models.calibration import log_likelihood_ratio, probability
from kit.models.card import LoadedModel
from kit.models.runtime import Session
from kit.vision.faces import Face, Floats, Picture
from telltale.common.v1 import evidence_pb2

NAME: Final = "face_spatial"
SYNTHETIC: Final = "face_texture_synthetic"
NATURAL: Final = "face_texture_natural"
_MAX_FACES: Final = 8
# Up to this multiple of the smallest face, detail is still being lost to the small size.
_COMFORTABLE: Final = 2.0


class FaceSpatialCue:
    """The network of the model `face_spatial`: faces in, one logit each and, if it offers them, maps."""

    name = NAME

    def __init__(self, session: Session, model: LoadedModel) -> None:
        self._session = session
        self.model = model

    @property
    def needed_px(self) -> int:
        """Longer side of the smallest face that the test may be shown."""
        return self.model.card.image_preprocessing.face.min_face_px

    def examine(self, picture: Picture, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        """Evidence over all faces that are large enough.

        The likelihood ratio is that of "one of these faces, any of them, was manipulated": the mean of the faces' likelihood
        ratios, which the most suspicious face decides, and which does not grow with the number of innocent ones.
        """
        large = [(index, face) for index, face in enumerate(faces) if face.longer_side_px >= self.needed_px]
        usable = large[:_MAX_FACES]
        if not usable:
            return self._abstain(faces)
        ratios, maps = self._judge(picture, [face for _, face in usable])
        worst = int(np.argmax(ratios))
        height, width = picture.shape[:2]
        together = _log_mean_exp(ratios)
        suspicious = [
            _region(index, face, ratio, width, height)
            for (index, face), ratio in zip(usable, ratios, strict=True)
            if ratio > 0
        ]
        return finding(
            NAME,
            together,
            self.quality(usable[worst][1]),
            SYNTHETIC if together > 0 else NATURAL,
            {"faces": str(len(usable)), "suspicious_faces": str(len(suspicious))},
            regions=suspicious,
            map=self._map(usable[worst][1], maps, worst, ratios[worst], width, height),
            model=self.model.reference,
        )

    def tensor(self, picture: Picture, face: Face) -> Floats:
        """(3, H, W): the network's input for one face of an (H, W, 3) RGB picture."""
        return to_tensor(picture, self.model.card.image_preprocessing, face.box_px)

    def log_likelihood_ratios(self, tensors: Floats) -> list[float]:
        """Calibrated natural log-likelihood ratio of each face, from its tensor; (N, 3, H, W). Thread-safe."""
        return self._calibrated(self._session.run({"face": tensors})["logit"])

    def quality(self, face: Face) -> float:
        """[0, 1]: 1 for a sure face with twice the pixels needed."""
        return min(1.0, face.longer_side_px / (_COMFORTABLE * self.needed_px)) * min(1.0, face.probability)

    def _abstain(self, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        if not faces:
            return abstention(NAME, evidence_pb2.ABSTENTION_REASON_NO_FACE, {}, model=self.model.reference)
        parameters = {"face_px": str(round(faces[0].longer_side_px)), "needed_px": str(self.needed_px)}
        reason = evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL
        return abstention(NAME, reason, parameters, model=self.model.reference)

    def _judge(self, picture: Picture, faces: Sequence[Face]) -> tuple[list[float], Floats | None]:
        """Log-likelihood ratio per face, and (N, h, w) maps if the network gives them."""
        answer = self._session.run({"face": np.stack([self.tensor(picture, face) for face in faces])})  # (N, 3, H, W)
        return self._calibrated(answer["logit"]), answer.get("map")

    def _calibrated(self, logits: Floats) -> list[float]:
        calibration = self.model.card.postprocessing.calibration
        return [log_likelihood_ratio(float(raw), calibration) for raw in logits.ravel()]

    def _map(
        self,
        face: Face,
        maps: Floats | None,
        index: int,
        ratio: float,
        width: int,
        height: int,
    ) -> evidence_pb2.EvidenceMap | None:
        """The worst face's map, cut to the part of the crop that lies inside the picture."""
        if maps is None or ratio <= 0:
            return None
        calibration = self.model.card.postprocessing.calibration
        log_odds = calibration.slope * maps[index].reshape(maps.shape[-2:]) + calibration.intercept  # (h, w)
        crop_px = crop_box(face.box_px, self.model.card.image_preprocessing.face.scale)
        return map_of_crop(1 / (1 + np.exp(-log_odds)), crop_px, width, height)


def _region(index: int, face: Face, ratio: float, width: int, height: int) -> evidence_pb2.Region:
    box = normalized_box(face.box_px, width, height)
    return evidence_pb2.Region(box=box, strength=probability(ratio), track_id=index)


def _log_mean_exp(values: Sequence[float]) -> float:
    largest = max(values)
    return largest + math.log(sum(math.exp(value - largest) for value in values) / len(values))

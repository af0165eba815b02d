"""`frequency`: is power spread over frequencies, and over the coefficients of 8x8 blocks, as in camera pictures?

Generators and blending leave less, or periodic, power at high frequencies: Durall et al., "Watch your Up-Convolution" (CVPR
2020); Frank et al., "Leveraging Frequency Analysis for Deep Fake Image Recognition" (ICML 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from image_svc.cues.gates import Refusal, admit, quality_of
from image_svc.features import FREQUENCY_WINDOW, Floats, frequency_features
from kit.convert.evidence import abstention, finding, normalized_box
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel
from kit.models.fitted import FittedTest
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2

NAME: Final = "frequency"
UNUSUAL: Final = "frequency_spectrum_unusual"
USUAL: Final = "frequency_spectrum_usual"


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was measured on one picture."""

    features: Floats
    """(F,) for the fitted test."""
    blockiness: float


def measure(picture: Picture, faces: Sequence[Face]) -> Measured | Refusal:
    """Spectra and block-DCT statistics of the largest face, at native resolution. Serving and fitting call this one."""
    admitted = admit(picture, faces, FREQUENCY_WINDOW.around)
    if isinstance(admitted, Refusal):
        return admitted
    return Measured(frequency_features(admitted.pixels), admitted.blockiness)


class FrequencyCue:
    """A fitted test over measured features."""

    name = NAME

    def __init__(self, test: FittedTest, model: LoadedModel) -> None:
        self._test = test
        self.model = model

    def examine(self, picture: Picture, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        """A finding about the largest face, or an abstention."""
        measured = measure(picture, faces)
        if isinstance(measured, Refusal):
            return abstention(NAME, measured.reason, measured.parameters, model=self.model.reference)
        strangeness = self._test.strangeness(measured.features)
        if strangeness > 1:
            reason = evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
            return abstention(NAME, reason, {"strangeness": f"{strangeness:.1f}"}, model=self.model.reference)
        return self._finding(measured, strangeness, faces[0], (picture.shape[1], picture.shape[0]))

    def _finding(
        self, measured: Measured, strangeness: float, face: Face, size_px: tuple[int, int]
    ) -> evidence_pb2.Evidence:
        ratio = log_likelihood_ratio(self._test.raw(measured.features), self.model.card.postprocessing.calibration)
        region = evidence_pb2.Region(box=normalized_box(face.box_px, *size_px), strength=1.0, track_id=0)
        return finding(
            NAME,
            ratio,
            quality_of(measured.blockiness, strangeness),
            UNUSUAL if ratio > 0 else USUAL,
            {},
            regions=[region] if ratio > 0 else [],
            model=self.model.reference,
        )

"""What `frequency` and `noise_residual` share: gate, measurement, fitted test, evidence about the largest face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from image_svc.cues.gates import Refusal, quality_of
from image_svc.features import Floats
from image_svc.fitted import FittedTest
from kit.convert.evidence import abstention, evidence_map, finding, normalized_box
from kit.models.calibration import log_likelihood_ratio, probability
from kit.models.card import LoadedModel
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2


@dataclass(frozen=True, slots=True, eq=False)
class Anomaly:
    """Where a measurement found something."""

    response: Floats
    """(R, C) in [0, 1]."""
    area_px: tuple[float, float, float, float]
    """The part of the picture that the responses cover: left, top, right, bottom."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What a cue measured on one picture."""

    features: Floats
    """(F,) for the fitted test."""
    blockiness: float
    anomaly: Anomaly | None = None


class Measure(Protocol):
    """A cue's measurement. Serving and fitting call the same one."""

    def __call__(self, picture: Picture, faces: Sequence[Face]) -> Measured | Refusal:
        """Measures an (H, W, 3) RGB picture and its faces, largest first, or says why that cannot be done."""
        ...


@dataclass(frozen=True, slots=True)
class Handcrafted:
    """A cue's name, the reason codes of its findings, and its measurement."""

    name: str
    suspicious_code: str
    ordinary_code: str
    measure: Measure


class HandcraftedCue:
    """A fitted linear test over measured features."""

    def __init__(self, craft: Handcrafted, test: FittedTest, model: LoadedModel) -> None:
        self._craft = craft
        self._test = test
        self.name = craft.name
        self.model = model

    def examine(self, picture: Picture, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        """A finding about the largest face, or an abstention."""
        measured = self._craft.measure(picture, faces)
        if isinstance(measured, Refusal):
            return abstention(self.name, measured.reason, measured.parameters, model=self.model.reference)
        strangeness = self._test.strangeness(measured.features)
        if strangeness > 1:
            reason = evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
            return abstention(self.name, reason, {"strangeness": f"{strangeness:.1f}"}, model=self.model.reference)
        return self._finding(measured, strangeness, faces[0], (picture.shape[1], picture.shape[0]))

    def _finding(
        self, measured: Measured, strangeness: float, face: Face, size_px: tuple[int, int]
    ) -> evidence_pb2.Evidence:
        ratio = log_likelihood_ratio(self._test.raw(measured.features), self.model.card.postprocessing.calibration)
        region = evidence_pb2.Region(box=normalized_box(face.box_px, *size_px), strength=1.0, track_id=0)
        return finding(
            self.name,
            ratio,
            quality_of(measured.blockiness, strangeness),
            self._craft.suspicious_code if ratio > 0 else self._craft.ordinary_code,
            {},
            regions=[region] if ratio > 0 else [],
            map=_map(measured.anomaly, probability(ratio), size_px),
            model=self.model.reference,
        )


def _map(anomaly: Anomaly | None, weight: float, size_px: tuple[int, int]) -> evidence_pb2.EvidenceMap | None:
    # Texture responds too, so a map is dimmed by how much the picture as a whole was believed to be manipulated.
    if anomaly is None:
        return None
    return evidence_map(anomaly.response * weight, normalized_box(anomaly.area_px, *size_px))

"""The learned weights of the traits of EXIF (`exif_anomaly`): how much each adds to the log-likelihood ratio."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from metadata_svc.cues.exif_traits import TRAITS
from telltale.common.v1 import evidence_pb2

MODEL_NAME = "exif_anomaly"
PARAMETERS_FILE = "exif_anomaly.json"


@dataclass(frozen=True)
class AnomalyModel:
    """Natural log-likelihood ratio = `base` + sum of weight times trait, within [`least`, `most`].

    No weight is negative: a trait is what cameras do not do, and never speaks for a camera.
    """

    base: float
    weights: Mapping[str, float]
    least: float
    most: float
    reference: evidence_pb2.ModelReference

    def contributions(self, traits: Mapping[str, float]) -> dict[str, float]:
        """What each trait adds, exactly."""
        return {name: self.weights[name] * value for name, value in traits.items()}

    def log_likelihood_ratio(self, traits: Mapping[str, float]) -> float:
        """Positive: the tags were rewritten or made up; negative: a camera wrote them."""
        return min(max(self.base + sum(self.contributions(traits).values()), self.least), self.most)


def parse_model(document: Mapping[str, Any], reference: evidence_pb2.ModelReference) -> AnomalyModel:
    """The model of a parameter document. Raises KeyError, TypeError or ValueError when it is malformed."""
    weights = {name: float(document["weights"][name]) for name in (trait.__name__ for trait in TRAITS)}
    least, most = float(document["least"]), float(document["most"])
    if not least <= 0 <= most or min(weights.values()) < 0:
        raise ValueError("weights must not be negative, and the bounds must enclose zero")
    return AnomalyModel(float(document["base"]), weights, least, most, reference)


def load_model(model: LoadedModel) -> AnomalyModel:
    """The model of a loaded folder. Raises ModelInvalid when its parameter file is not what this service reads."""
    path = model.artefact(PARAMETERS_FILE)
    try:
        return parse_model(json.loads(path.read_text(encoding="utf-8")), model.reference)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelInvalid(f"model {MODEL_NAME}: {path} is malformed ({error!r}); make it again") from error

"""The parameters of `region_consistency`: a small network per block, and a linear test of the whole picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kit.errors import ModelInvalid
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel
from kit.models.fitted import FittedTest, Floats, Parameters
from metadata_svc.history.reading import HistoryReading
from metadata_svc.history.regions import FEATURES
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

MODEL_NAME: Final = "region_consistency"
PARAMETERS_FILE: Final = "region_consistency.json"
_CLIP: Final = 5.0
_REACHES: Final = (5, 11, 21)
_SHARES: Final = (0.5, 0.9, 0.98)


class BlockNetwork(BaseModel):
    """One hidden layer with rectifiers over the standardised features of a block; a logit of "pasted" comes out."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mean: list[float] = Field(min_length=FEATURES, max_length=FEATURES)
    scale: list[float] = Field(min_length=FEATURES, max_length=FEATURES)
    hidden: list[list[float]]
    """(FEATURES, units)"""
    hidden_bias: list[float]
    out: list[float]
    out_bias: float

    @model_validator(mode="after")
    def _check(self) -> BlockNetwork:
        units = len(self.out)
        if (
            len(self.hidden) != FEATURES
            or {len(row) for row in self.hidden} != {units}
            or len(self.hidden_bias) != units
        ):
            raise ValueError("hidden, hidden_bias and out disagree about the number of units")
        if min(self.scale) <= 0:
            raise ValueError("scale must be positive")
        return self

    def logits(self, features: Floats) -> Floats:
        """(rows, columns) from (rows, columns, FEATURES)."""
        mean, scale, hidden, bias, out = (
            np.asarray(values, np.float32)
            for values in (self.mean, self.scale, self.hidden, self.hidden_bias, self.out)
        )
        standard = np.clip((features - mean) / scale, -_CLIP, _CLIP)
        return np.asarray(np.maximum(standard @ hidden + bias, 0) @ out + self.out_bias, np.float32)


class RegionParameters(BaseModel):
    """The JSON artefact of `region_consistency`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    blocks: BlockNetwork
    picture: Parameters
    least_px: int = Field(ge=64)
    """Shortest side that it was measured on."""
    least_quality: int = Field(ge=1, le=100)
    """Lowest quality that it was measured on."""
    region_probability: float = Field(gt=0, lt=1)
    """Blocks at or above it make up the regions that are pointed at."""


@dataclass(frozen=True)
class RegionModel:
    """Parameters, calibration and where they come from."""

    parameters: RegionParameters
    calibration: card_pb2.Calibration
    reference: evidence_pb2.ModelReference

    def ratio(self, logits: Floats, history: HistoryReading) -> float:
        """Natural log-likelihood ratio of "something was pasted"."""
        test = FittedTest.of(self.parameters.picture)
        return log_likelihood_ratio(test.raw(picture_features(logits, history)), self.calibration)


def picture_features(logits: Floats, history: HistoryReading) -> Floats:
    """(9,): how strong and how concentrated the blocks' logits (rows, columns) are, and what kind of picture it is."""
    peaks = [float(_blurred(logits, reach).max()) for reach in _REACHES]
    smooth = _blurred(logits, _REACHES[0])
    spread = [float(value) for value in np.quantile(smooth, _SHARES)]
    whole = [float(smooth.std()), np.log(history.step), np.log(logits.size)]
    return np.asarray([*peaks, *spread, *whole], np.float32)


def probabilities(logits: Floats) -> npt.NDArray[np.float64]:
    """(rows, columns) in [0, 1]: the chance that a block was pasted, averaged over its neighbours."""
    return np.asarray(1 / (1 + np.exp(-_blurred(logits, _REACHES[0]).astype(np.float64))))


def load_regions(model: LoadedModel) -> RegionModel:
    """The model of a folder. Raises ModelInvalid when its parameters are not what this service reads."""
    path = model.artefact(PARAMETERS_FILE)
    try:
        parameters = RegionParameters.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ModelInvalid(f"model {MODEL_NAME}: {path} is malformed ({error}); fit it again") from error
    return RegionModel(parameters, model.card.postprocessing.calibration, model.reference)


def _blurred(logits: Floats, reach: int) -> Floats:
    found = cv2.blur(np.ascontiguousarray(logits), (reach, reach), borderType=cv2.BORDER_REFLECT)
    return np.asarray(found, np.float32)

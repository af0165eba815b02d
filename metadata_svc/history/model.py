"""The parameters of `jpeg_history`, and what they make of a measured picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kit.errors import ModelInvalid
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel
from kit.models.fitted import FittedTest, Floats, Parameters
from metadata_svc.history.reading import HistoryReading
from telltale.common.v1 import evidence_pb2
from telltale.metadata.v1 import facts_pb2
from telltale.model.v1 import card_pb2

MODEL_NAME: Final = "jpeg_history"
PARAMETERS_FILE: Final = "jpeg_history.json"


class JudgedTest(BaseModel):
    """A fitted test with its calibration."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    fit: Parameters
    slope: float
    intercept: float
    limit: float = Field(gt=0)
    threshold: float
    """Log-likelihood ratio from which on the compression is said to have happened."""

    def ratio(self, features: Floats) -> float:
        """Natural log-likelihood ratio of features (F,)."""
        calibration = card_pb2.Calibration(slope=self.slope, intercept=self.intercept, limit=self.limit)
        return log_likelihood_ratio(FittedTest.of(self.fit).raw(features), calibration)


class HistoryParameters(BaseModel):
    """The JSON artefact of `jpeg_history`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    aligned: JudgedTest
    shifted: JudgedTest
    least_px: int = Field(ge=64)
    """Shortest side that it was measured on."""
    least_quality: int = Field(ge=1, le=100)
    """Lowest quality that it was measured on."""
    cue_limit: float = Field(gt=0, le=20)
    """Largest log-likelihood ratio that a contradiction with the camera's claim may have. Decided by people."""


@dataclass(frozen=True)
class HistoryModel:
    """Parameters and where they come from."""

    parameters: HistoryParameters
    reference: evidence_pb2.ModelReference

    def judged(self, reading: HistoryReading) -> facts_pb2.JpegHistory:
        """What is known of the picture's earlier compressions."""
        aligned = self.parameters.aligned.ratio(reading.aligned_features())
        shifted = self.parameters.shifted.ratio(reading.shifted_features())
        history = facts_pb2.JpegHistory(
            aligned_log_likelihood_ratio=aligned,
            shifted_log_likelihood_ratio=shifted,
            blocks=reading.aligned.blocks,
        )
        if self.is_shifted(history):
            history.first_quality = reading.shifted.quality
            history.grid_offset_x_px, history.grid_offset_y_px = reading.shifted.x_px, reading.shifted.y_px
        elif self.is_aligned(history):
            history.first_quality = reading.aligned.quality
        return history

    def is_aligned(self, history: facts_pb2.JpegHistory) -> bool:
        """Whether it was compressed before, on the same grid of blocks."""
        return history.aligned_log_likelihood_ratio >= self.parameters.aligned.threshold

    def is_shifted(self, history: facts_pb2.JpegHistory) -> bool:
        """Whether it was compressed before on another grid, and rather than on the same one."""
        found = history.shifted_log_likelihood_ratio
        return found >= self.parameters.shifted.threshold and found > history.aligned_log_likelihood_ratio


def load_history(model: LoadedModel) -> HistoryModel:
    """The model of a folder. Raises ModelInvalid when its parameters are not what this service reads."""
    path = model.artefact(PARAMETERS_FILE)
    try:
        return HistoryModel(HistoryParameters.model_validate_json(path.read_bytes()), model.reference)
    except ValidationError as error:
        raise ModelInvalid(f"model {MODEL_NAME}: {path} is malformed ({error}); fit it again") from error

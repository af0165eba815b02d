"""A fitted linear test: standardised features, a weight each, and the range of features that the fit has seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from kit.errors import ModelInvalid
from kit.models.card import LoadedModel

Floats = npt.NDArray[np.float32]


class Parameters(BaseModel):
    """The JSON artefact of a fitted test. All lists have one number per feature, in the order of the feature function."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    # Mean of each feature over the fit.
    mean: list[float]
    # Standard deviation of each feature over the fit.
    scale: list[float]
    # Weight of each standardised feature; positive speaks for manipulation.
    weights: list[float]
    # Added to the weighted sum.
    bias: float
    # Standardised features are cut to +-clip, so that no single one can decide.
    clip: float
    # Root mean square of the standardised features that the fit practically never exceeded.
    reach: float

    @model_validator(mode="after")
    def _check(self) -> Parameters:
        if not len(self.mean) == len(self.scale) == len(self.weights) or not self.mean:
            raise ValueError("mean, scale and weights need one number per feature")
        if min(self.scale) <= 0 or self.clip <= 0 or self.reach <= 0:
            raise ValueError("scale, clip and reach must be positive")
        return self


@dataclass(frozen=True, slots=True, eq=False)
class FittedTest:
    """Parameters as arrays. All methods take one feature vector (F,)."""

    mean: Floats
    scale: Floats
    weights: Floats
    bias: float
    clip: float
    reach: float

    @classmethod
    def of(cls, parameters: Parameters) -> FittedTest:
        """The test of some parameters."""
        mean, scale, weights = (
            np.asarray(values, dtype=np.float32) for values in (parameters.mean, parameters.scale, parameters.weights)
        )
        return cls(mean, scale, weights, parameters.bias, parameters.clip, parameters.reach)

    def raw(self, features: Floats) -> float:
        """The uncalibrated log-odds, to be put through the card's calibration."""
        return float(np.clip(self._standardised(features), -self.clip, self.clip) @ self.weights) + self.bias

    def strangeness(self, features: Floats) -> float:
        """How far the features lie from those of the fit, as a share of its reach; above 1 the test must not be believed."""
        return float(np.sqrt(np.mean(self._standardised(features) ** 2))) / self.reach

    def _standardised(self, features: Floats) -> Floats:
        return (features - self.mean) / self.scale


def read_fitted(model: LoadedModel) -> FittedTest:
    """The fitted test of a model, from its artefact `<name>.json`. Raises ModelInvalid."""
    path = model.artefact(f"{model.card.name}.json")
    try:
        return FittedTest.of(Parameters.model_validate_json(path.read_bytes()))
    except ValidationError as error:
        raise ModelInvalid(
            f"{path.name} of model {model.card.name} is no fitted test: {error}; fit it again"
        ) from error

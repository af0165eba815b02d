"""Logistic regression on the fit part, logistic calibration on the calibration part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from colab_training.calibration import fit_calibration, source_weights
from colab_training.frequency.examples import Example
from colab_training.frequency.sources import FRAMES
from colab_training.linear_fit import fit_linear
from colab_training.manifest import Sample
from kit.models.calibration import log_likelihood_ratio
from kit.models.fitted import FittedTest, Parameters
from telltale.model.v1 import card_pb2

_LIMIT_QUANTILE: Final = 0.01


@dataclass(frozen=True)
class Fit:
    """A fitted, calibrated test."""

    parameters: Parameters
    calibration: card_pb2.Calibration
    samples: list[Sample]
    """The pictures it was fitted on."""

    def ratios(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Log-likelihood ratios of features (N, F) as serving computes them; nan where it abstains as out of range."""
        test = FittedTest.of(self.parameters)
        values = [
            log_likelihood_ratio(test.raw(vector), self.calibration) if test.strangeness(vector) <= 1 else np.nan
            for vector in features
        ]
        return np.asarray(values, dtype=np.float64)


def fit(examples: Sequence[Example], taught_sources: Collection[str], strength: float) -> Fit:
    """Fits on these sources, and calibrates on them and on frames of clips."""
    taught = _usable(examples, taught_sources, "fit")
    samples = [example.sample for example in taught]
    fake = [sample.fake for sample in samples]
    parameters = fit_linear(stacked(taught), fake, source_weights(samples), strength)
    calibration = _calibrate(parameters, _usable(examples, {*taught_sources, FRAMES}, "calibration"))
    return Fit(parameters, calibration, [example.sample for example in taught if example.copy == 0])


def stacked(examples: Sequence[Example]) -> NDArray[np.float32]:
    """(N, F) features of examples that have them."""
    return np.stack([example.features for example in examples if example.features is not None])


def _usable(examples: Sequence[Example], sources: Collection[str], part: str) -> list[Example]:
    """The examples of a part that could be measured, from these sources."""
    chosen = [example for example in examples if example.sample.part == part and example.sample.source in sources]
    return [example for example in chosen if example.features is not None]


def _calibrate(parameters: Parameters, held: Sequence[Example]) -> card_pb2.Calibration:
    test = FittedTest.of(parameters)
    raw = np.asarray([test.raw(vector) for vector in stacked(held)])
    samples = [example.sample for example in held]
    fake = [sample.fake for sample in samples]
    calibration = fit_calibration(
        raw, fake, source_weights(samples), dataset="faces and video frames, calibration part"
    )
    low, high = np.quantile(calibration.slope * raw + calibration.intercept, [_LIMIT_QUANTILE, 1 - _LIMIT_QUANTILE])
    # Pictures unlike any here can reach far beyond what these reached, and nothing would back their ratios.
    calibration.limit = min(calibration.limit, float(-low), float(high))
    return calibration

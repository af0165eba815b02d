"""Logistic regression on the fit part, logistic calibration on the calibration part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from colab_training.calibration import fit_calibration, source_weights
from colab_training.frequency.examples import Example
from colab_training.frequency.sources import FRAMES
from colab_training.manifest import Sample
from image_svc.fitted import FittedTest, Parameters
from kit.models.calibration import log_likelihood_ratio
from telltale.model.v1 import card_pb2

_CLIP: Final = 5.0
_REACH_QUANTILE: Final = 0.995
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
    features, samples = stacked(taught), [example.sample for example in taught]
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    standard = (features - mean) / scale
    model = LogisticRegression(C=strength, max_iter=2000)
    fake = [sample.fake for sample in samples]
    model.fit(np.clip(standard, -_CLIP, _CLIP), fake, sample_weight=source_weights(samples))
    parameters = Parameters(
        mean=_rounded(mean),
        scale=_rounded(scale),
        weights=_rounded(model.coef_[0]),
        bias=float(model.intercept_[0]),
        clip=_CLIP,
        reach=float(np.quantile(np.sqrt(np.mean(standard**2, axis=1)), _REACH_QUANTILE)),
    )
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


def _rounded(values: NDArray[np.floating]) -> list[float]:
    return [float(f"{value:.6g}") for value in values]

"""Logistic regression with every source judged by a fit that has not seen it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from colab_training.calibration import fit_calibration
from colab_training.jpeg_history.examples import ALIGNED, ONCE, SHIFTED, Example
from colab_training.linear_fit import fit_linear
from kit.models.calibration import log_likelihood_ratio
from kit.models.fitted import FittedTest, Parameters
from metadata_svc.history.reading import HistoryReading
from telltale.model.v1 import card_pb2

GAP: Final = 3
"""Only a first quality at least so far below the second one is taught: others leave little or nothing to find."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """One of the two tests: which history it asks about, and by which numbers."""

    kind: str
    features: Callable[[HistoryReading], NDArray[np.float32]]


QUESTIONS: Final = (
    Question(ALIGNED, HistoryReading.aligned_features),
    Question(SHIFTED, HistoryReading.shifted_features),
)


@dataclass(frozen=True)
class Fit:
    """A fitted, calibrated test, and what it says of every example when its source is left out."""

    question: Question
    parameters: Parameters
    calibration: card_pb2.Calibration
    ratios: Floats
    """(examples,) natural log-likelihood ratios of fits that have not seen the example's source."""


def fit(question: Question, examples: Sequence[Example], strength: float) -> Fit:
    """Fits on all sources; calibrates on judgements by fits that leave the source out."""
    raw = np.zeros(len(examples))
    for source in sorted({example.source for example in examples}):
        others = [example for example in examples if example.source != source]
        held = np.asarray([example.source == source for example in examples])
        raw[held] = _raw(_linear(question, others, strength), question, examples)[held]
    taught = np.asarray([_is_taught(question, example) for example in examples])
    fake = [example.kind == question.kind for example in examples]
    chosen = list(np.asarray(fake)[taught])
    calibration = fit_calibration(raw[taught], chosen, _weights(chosen), dataset="sources left out of the fit")
    ratios = [log_likelihood_ratio(value, calibration) for value in raw]
    return Fit(question, _linear(question, examples, strength), calibration, np.asarray(ratios))


def _linear(question: Question, examples: Sequence[Example], strength: float) -> Parameters:
    taught = [example for example in examples if _is_taught(question, example)]
    fake = [example.kind == question.kind for example in taught]
    features = np.stack([question.features(example.reading) for example in taught])
    return fit_linear(features, fake, _weights(fake), strength)


def _raw(parameters: Parameters, question: Question, examples: Sequence[Example]) -> Floats:
    test = FittedTest.of(parameters)
    return np.asarray([test.raw(question.features(example.reading)) for example in examples])


def _is_taught(question: Question, example: Example) -> bool:
    if example.kind == ONCE:
        return True
    return example.kind == question.kind and example.first_quality + GAP <= example.second_quality


def _weights(fake: Sequence[bool]) -> Floats:
    labels = np.asarray(fake, bool)
    return np.where(labels, labels.size / (2 * max(1, labels.sum())), labels.size / (2 * max(1, (~labels).sum())))

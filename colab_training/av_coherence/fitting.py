"""Logistic regression on moments, so that the most seam-like moment of a stretch tells whether the stretch was edited.

Only the largest answer of a stretch counts, so the fit looks at the moments that are mistaken for seams most (hard negatives,
Felzenszwalb et al., PAMI 2010). Calibrated on stretches of speakers that a fit never heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from av_sync_svc.seams import GRID_S
from colab_training.av_coherence.items import Item
from colab_training.av_coherence.recordings import FOLDS
from colab_training.calibration import fit_calibration, likelihood_limit
from colab_training.linear_fit import fit_linear
from kit.models.calibration import log_likelihood_ratio
from kit.models.fitted import FittedTest, Parameters
from telltale.model.v1 import card_pb2

_ROUNDS: Final = 3
_AT_SEAM_S: Final = 0.51 * GRID_S
_BESIDE_SEAM_S: Final = 0.1
_RANDOM: Final = 8
_HARD: Final = 6

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """The most seam-like moment of a stretch."""

    raw: float
    """Uncalibrated log-odds."""
    at_s: float


@dataclass(frozen=True)
class Fit:
    """A fitted, calibrated test."""

    parameters: Parameters
    calibration: card_pb2.Calibration
    left_out: list[Judged]
    """What fits without the speaker said of each stretch of the fit."""

    def ratios(self, judged: Sequence[Judged]) -> Floats:
        """Calibrated log-likelihood ratios."""
        return np.asarray([log_likelihood_ratio(found.raw, self.calibration) for found in judged])


def fit(items: Sequence[Item], strength: float, seed: int) -> Fit:
    """Fits on all items, and calibrates by cross-fitting over folds of speakers."""
    folds = np.asarray([item.recording.fold for item in items])
    left_out: list[Judged | None] = [None] * len(items)
    for fold in range(FOLDS):
        others = FittedTest.of(fit_moments([items[i] for i in np.flatnonzero(folds != fold)], strength, seed))
        for i in np.flatnonzero(folds == fold):
            left_out[i] = judge(others, items[i])
    judged = [found for found in left_out if found is not None]
    return Fit(fit_moments(items, strength, seed), _calibration(items, judged), judged)


def fit_moments(items: Sequence[Item], strength: float, seed: int) -> Parameters:
    """The test of moments at seams against all others."""
    rng = np.random.default_rng(seed)
    parameters = _fit_chosen(items, None, strength, rng)
    for _ in range(_ROUNDS - 1):
        parameters = _fit_chosen(items, FittedTest.of(parameters), strength, rng)
    return parameters


def judge(test: FittedTest, item: Item) -> Judged:
    """What a test says of a stretch."""
    raw = _raw(test, item.moments.features)
    best = int(np.argmax(raw))
    return Judged(float(raw[best]), float(item.moments.times_s[best]))


def _fit_chosen(
    items: Sequence[Item], test: FittedTest | None, strength: float, rng: np.random.Generator
) -> Parameters:
    chosen = [_chosen(item, test, rng) for item in items]
    features = np.concatenate([part for parts in chosen for part in parts]).astype(np.float32)
    fake = np.concatenate([np.arange(2).repeat([len(others), len(seams)]) for others, seams in chosen]).astype(bool)
    weights = np.where(fake, 0.5 / fake.mean(), 0.5 / (1 - fake.mean()))
    return fit_linear(features, fake, weights, strength)


def _chosen(item: Item, test: FittedTest | None, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Features of some moments without a seam, and of those with one."""
    distance = _distance_s(item)
    beside, features = np.flatnonzero(distance > _BESIDE_SEAM_S), item.moments.features
    taken = set(rng.choice(beside, min(_RANDOM, len(beside)), replace=False))
    if test is not None:
        taken |= set(beside[np.argsort(-_raw(test, features[beside]))[:_HARD]])
    return features[sorted(taken)], features[distance <= _AT_SEAM_S]


def _distance_s(item: Item) -> Floats:
    """(N,) seconds from each moment to the nearest seam; infinite where there is none."""
    seams = np.asarray([*item.seams_s, np.inf])
    return np.asarray(np.abs(item.moments.times_s[:, None] - seams).min(axis=1))


def _raw(test: FittedTest, features: NDArray[np.float32]) -> Floats:
    return np.asarray([test.raw(vector) for vector in features])


def _calibration(items: Sequence[Item], judged: Sequence[Judged]) -> card_pb2.Calibration:
    fake = [item.fake for item in items]
    calibration = fit_calibration(
        [found.raw for found in judged], fake, dataset="made edits of train recordings, speaker left out"
    )
    # Stretches of one recording are no independent witnesses: recordings decide how much may be claimed.
    files = {(item.recording.file, item.fake) for item in items}
    calibration.limit = likelihood_limit([is_fake for _, is_fake in files])
    return calibration

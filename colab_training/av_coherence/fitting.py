"""Logistic regression on moments, so that the most seam-like moment of a stretch tells whether the stretch was edited.

Only the largest answer of a stretch counts, so the fit looks at the moments that are mistaken for seams most (hard negatives,
Felzenszwalb et al., PAMI 2010). Calibrated on clean windows with a seam against all windows of whole untouched files, of
speakers that a fit never heard: that is what the test in service judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from av_sync_svc.seam_windows import anywhere, inside, windows_over
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
_LEAST: Final = 0.01

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """The most seam-like moment of a stretch."""

    raw: float
    """Uncalibrated log-odds."""
    at_s: float


@dataclass(frozen=True)
class Window:
    """The most seam-like moment of a window of the card."""

    raw: float
    """Uncalibrated log-odds."""
    seam: bool
    """Whether a seam was made in the window."""


@dataclass(frozen=True)
class Lessons:
    """What a fit needs."""

    moments: Sequence[Item]
    """Edited and untouched stretches: which moments are at seams."""
    edits: Sequence[Item]
    """Clean edited stretches: what a window with a seam looks like at best."""
    files: Sequence[Item]
    """Whole files: what windows without a seam look like to the test in service; those that went no way calibrate it."""


@dataclass(frozen=True)
class Fit:
    """A fitted, calibrated test."""

    parameters: Parameters
    calibration: card_pb2.Calibration
    left_out: list[list[Window]]
    """What fits without the speaker said of each whole file."""

    def ratios(self, heard: Sequence[Sequence[Window]]) -> Floats:
        """Log-likelihood ratio of each file as the test in service gives it; NaN where a file has no window."""
        return np.asarray([_ratio(windows, self.calibration) for windows in heard])


def fit(lessons: Lessons, strength: float, seed: int, preprocessing: card_pb2.SoundPreprocessing) -> Fit:
    """Fits on all moments, and calibrates by cross-fitting over folds of speakers."""
    tests = [
        FittedTest.of(fit_moments([item for item in lessons.moments if item.recording.fold != fold], strength, seed))
        for fold in range(FOLDS)
    ]
    edits, files = (
        [windows_of(tests[item.recording.fold], item, preprocessing) for item in items]
        for items in (lessons.edits, lessons.files)
    )
    clean = [heard for item, heard in zip(lessons.files, files, strict=True) if item.way == "none"]
    sources = [item.recording.source for item in lessons.files if item.way == "none"]
    calibration = _calibration(edits, clean)
    calibration.limit = likelihood_limit([True] * len(_files(lessons.edits)) + [False] * len(_files(lessons.files)))
    _take_down(calibration, clean, sources)
    return Fit(fit_moments(lessons.moments, strength, seed), calibration, files)


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


def windows_of(test: FittedTest, item: Item, preprocessing: card_pb2.SoundPreprocessing) -> list[Window]:
    """What a test says of each window of a stretch or file; windows that the test in service would refuse are left out."""
    times_s, features = item.moments.times_s, item.moments.features
    raw, strange = _raw(test, features), np.asarray([test.strangeness(vector) for vector in features])
    heard = []
    for span in windows_over(times_s, preprocessing):
        own = inside(times_s, span)
        if np.median(strange[own]) <= 1:
            heard.append(Window(float(raw[own].max()), bool((_distance_s(item)[own] <= _AT_SEAM_S).any())))
    return heard


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


def _calibration(edits: Sequence[Sequence[Window]], files: Sequence[Sequence[Window]]) -> card_pb2.Calibration:
    seams = [window.raw for heard in edits for window in heard if window.seam]
    whole = [window.raw for heard in files for window in heard]
    labels = [True] * len(seams) + [False] * len(whole)
    dataset = "seams made in recordings of train against whole files of train, speaker left out"
    return fit_calibration([*seams, *whole], labels, dataset=dataset)


def _take_down(calibration: card_pb2.Calibration, files: Sequence[Sequence[Window]], sources: Sequence[str]) -> None:
    """Until the median file of every source speaks against a seam: how somebody recorded must accuse nobody."""
    ratios = np.asarray([_ratio(heard, calibration) for heard in files])
    by_source = [ratios[np.asarray(sources) == source] for source in set(sources)]
    medians = [float(np.nanmedian(own)) for own in by_source if np.isfinite(own).any()]
    calibration.intercept -= max(0.0, _LEAST + max(medians))


def _ratio(windows: Sequence[Window], calibration: card_pb2.Calibration) -> float:
    if not windows:
        return float("nan")
    return anywhere([log_likelihood_ratio(window.raw, calibration) for window in windows])


def _files(items: Sequence[Item]) -> set[str]:
    # Stretches of one recording are no independent witnesses: recordings decide how much may be claimed.
    return {item.recording.file for item in items}

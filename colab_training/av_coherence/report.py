"""What the fitted test is worth: by kind of edit, join and codec, where it sees the seam, whom it accuses, and the shortcut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from av_sync_svc.seam_windows import OPERATING_POINT
from colab_training.av_coherence.edits import JOINS, KINDS
from colab_training.av_coherence.fitting import Fit, Judged, Lessons, judge, windows_of
from colab_training.av_coherence.items import Item
from colab_training.calibration import operating_point, threshold_at
from colab_training.card_rows import metric_row
from colab_training.metrics import Bools, Estimate, Floats, auc, bootstrap, rate
from kit.models.fitted import FittedTest
from telltale.model.v1 import card_pb2

_ALLOWED = 0.05
_NEAR_S = (0.1, 0.5)


@dataclass(frozen=True)
class Measured:
    """How good a fit was found to be."""

    metrics: list[card_pb2.Metric]
    point: card_pb2.OperatingPoint


@dataclass(frozen=True)
class Trial:
    """What a fit is measured on."""

    stretches: Sequence[Item]
    """Edited and untouched."""
    files: Sequence[Item]
    """Whole ones, as they were and after some way."""


def threshold_of(fit: Fit, files: Sequence[Item]) -> float:
    """Lowest log-likelihood ratio that at most 5% of the files of any source, and of any way they went, reach.

    Judged without their speakers. By source only those that went no way count: a few of each source went each.
    """
    ratios = fit.ratios(fit.left_out)
    by_way = [ratios[rows] for _, rows in _groups(files, lambda item: item.way)]
    by_source = [ratios[rows] for source, rows in _groups(files, _clean_source) if source]
    judged = [own[np.isfinite(own)] for own in (*by_way, *by_source)]
    return max(threshold_at(own, _ALLOWED) for own in judged if len(own))


def measure(
    fit: Fit, lessons: Lessons, trial: Trial, threshold: float, preprocessing: card_pb2.SoundPreprocessing
) -> Measured:
    """All tables, and what the threshold costs on whole files and clean or damaged edits."""
    test = FittedTest.of(fit.parameters)
    stretches, files = (
        fit.ratios([windows_of(test, item, preprocessing) for item in items])
        for items in (trial.stretches, trial.files)
    )
    judged, fake = [judge(test, item) for item in trial.stretches], np.asarray([item.fake for item in trial.stretches])
    found = [
        *_aucs(trial.stretches, fake, np.asarray([each.raw for each in judged])),
        *_places(trial.stretches, judged),
        *_found(trial.stretches, stretches >= threshold),
        *_accused(trial.files, files, threshold),
        ("auc of length, level, silence and bandwidth", "shortcut", _shortcut(lessons.moments, trial.stretches, fake)),
    ]
    known = _accused(lessons.files, fit.ratios(fit.left_out), threshold)
    rows = [_metric(*row, "val") for row in found] + [_metric(*row, "train, speaker left out") for row in known]
    return Measured([row for row in rows if np.isfinite(row.value)], _point(trial, stretches, files, threshold))


def _point(trial: Trial, stretches: Floats, files: Floats, threshold: float) -> card_pb2.OperatingPoint:
    real = files[np.asarray([item.way == "none" for item in trial.files]) & np.isfinite(files)]
    edits = stretches[np.asarray([item.fake for item in trial.stretches]) & np.isfinite(stretches)]
    labels, values = np.arange(2).repeat([len(real), len(edits)]), np.concatenate([real, edits])
    return operating_point(OPERATING_POINT, threshold, labels, values, "whole files and made edits of val recordings")


def _aucs(items: Sequence[Item], fake: Bools, raw: Floats) -> Iterator[tuple[str, str, Estimate]]:
    yield "auc", "all", bootstrap(auc, fake, raw)
    for way in sorted({item.way for item in items}):
        chosen = np.asarray([item.way == way for item in items])
        yield "auc", f"afterwards: {way}", bootstrap(auc, fake[chosen], raw[chosen])
    for kind in KINDS:
        chosen = np.asarray([item.kind == kind for item in items]) | ~fake
        yield "auc", f"edit: {kind}", bootstrap(auc, fake[chosen], raw[chosen])
    for join in JOINS:
        chosen = np.asarray([item.join == join for item in items]) | ~fake
        yield "auc", f"join: {join}", bootstrap(auc, fake[chosen], raw[chosen])


def _places(items: Sequence[Item], judged: Sequence[Judged]) -> Iterator[tuple[str, str, Estimate]]:
    """Share of edited stretches whose most seam-like moment is near a seam; and what pointing at the middle would reach."""
    pairs = [(item, found.at_s) for item, found in zip(items, judged, strict=True) if item.fake]
    for near_s in _NEAR_S:
        hits = sum(_off_s(item, at_s) <= near_s for item, at_s in pairs)
        blind = sum(_off_s(item, float(np.median(item.moments.times_s))) <= near_s for item, _ in pairs)
        yield f"seam found within {near_s:g} s", "edited", rate(hits, len(pairs))
        yield f"seam within {near_s:g} s of the middle", "edited", rate(blind, len(pairs))


def _off_s(item: Item, at_s: float) -> float:
    return min(abs(at_s - seam_s) for seam_s in item.seams_s)


def _found(items: Sequence[Item], above: Bools) -> Iterator[tuple[str, str, Estimate]]:
    for way, rows in _groups(items, lambda item: item.way if item.fake else ""):
        if way:
            yield "edits found", f"afterwards: {way}", rate(int(above[rows].sum()), len(rows))


def _accused(files: Sequence[Item], ratios: Floats, threshold: float) -> Iterator[tuple[str, str, Estimate]]:
    for naming in (_clean_source, lambda item: f"after {item.way}"):
        for name, rows in _groups(files, naming):
            own = ratios[rows][np.isfinite(ratios[rows])]
            if name and len(own):
                yield "whole files accused", name, rate(int((own >= threshold).sum()), len(own))
                yield "whole files above even", name, rate(int((own > 0).sum()), len(own))


def _clean_source(item: Item) -> str:
    return item.recording.source if item.way == "none" else ""


def _groups(items: Sequence[Item], naming: Callable[[Item], str]) -> list[tuple[str, NDArray[np.intp]]]:
    names = np.asarray([naming(item) for item in items])
    return [(name, np.flatnonzero(names == name)) for name in sorted(set(names.tolist()))]


def _shortcut(fitted: Sequence[Item], items: Sequence[Item], fake: Bools) -> Estimate:
    forest = RandomForestClassifier(200, min_samples_leaf=5, random_state=0)
    forest.fit([item.outside for item in fitted], [item.fake for item in fitted])
    return bootstrap(auc, fake, forest.predict_proba([item.outside for item in items])[:, 1])


def _metric(name: str, dataset: str, found: Estimate, split: str) -> card_pb2.Metric:
    return metric_row(name, dataset, split, found)

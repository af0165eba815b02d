"""What the fitted test is worth: by kind of edit, join and codec, where it sees the seam, whom it accuses, and the shortcut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from colab_training.av_coherence.edits import JOINS, KINDS
from colab_training.av_coherence.fitting import Fit, Judged
from colab_training.av_coherence.items import Item
from colab_training.calibration import operating_point, threshold_at
from colab_training.metrics import Bools, Estimate, Floats, auc, bootstrap, rate
from telltale.model.v1 import card_pb2

_ALLOWED = 0.05
_NEAR_S = (0.1, 0.5)


def threshold_of(fit: Fit, items: Sequence[Item]) -> float:
    """Log-likelihood ratio that at most 5% of the untouched stretches of train reach, judged without their speakers."""
    fake = np.asarray([item.fake for item in items])
    return threshold_at(fit.ratios(fit.left_out)[~fake], _ALLOWED)


def point_of(threshold: float, items: Sequence[Item], ratios: Floats) -> card_pb2.OperatingPoint:
    """What that threshold costs on the items of val."""
    fake = [item.fake for item in items]
    return operating_point("false_alarms_5_percent", threshold, fake, ratios, "made edits of val recordings")


def metrics_of(
    fit: Fit, fitted: Sequence[Item], items: Sequence[Item], judged: Sequence[Judged], threshold: float
) -> list[card_pb2.Metric]:
    """All tables, on the items of val and what was said of each."""
    ratios, fake = fit.ratios(judged), np.asarray([item.fake for item in items])
    raw = np.asarray([found.raw for found in judged])
    found = [
        *_aucs(items, fake, raw),
        *_places(items, judged),
        *_accused(items, fake, ratios >= threshold),
        ("auc of length, level, silence and bandwidth", "shortcut", _shortcut(fitted, items, fake)),
    ]
    return [_metric(*row) for row in found if np.isfinite(row[2].value)]


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


def _accused(items: Sequence[Item], fake: Bools, above: Bools) -> Iterator[tuple[str, str, Estimate]]:
    for source in sorted({item.recording.source for item in items}):
        own = np.asarray([item.recording.source == source for item in items]) & ~fake
        yield "untouched stretches accused", source, rate(int(above[own].sum()), int(own.sum()))


def _shortcut(fitted: Sequence[Item], items: Sequence[Item], fake: Bools) -> Estimate:
    forest = RandomForestClassifier(200, min_samples_leaf=5, random_state=0)
    forest.fit([item.outside for item in fitted], [item.fake for item in fitted])
    return bootstrap(auc, fake, forest.predict_proba([item.outside for item in items])[:, 1])


def _metric(name: str, dataset: str, found: Estimate) -> card_pb2.Metric:
    return card_pb2.Metric(
        metric=name, dataset=dataset, split="val", value=found.value, low=found.low, high=found.high, items=found.items
    )

"""What the model is worth on made splices of sources left out: by source, size and quality; how well the map points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from colab_training.calibration import operating_point, threshold_at
from colab_training.card_rows import metric_row
from colab_training.metrics import Estimate, auc, bootstrap, rate
from colab_training.region_consistency.examples import Example
from colab_training.region_consistency.fitting import Fit, Judged
from telltale.model.v1 import card_pb2

FALSE_ALARMS: Final = 0.05
POINT: Final = "regions differ"
_LEFT_OUT: Final = "made splices, their source left out"
_QUALITIES: Final = ((75, 84), (85, 92), (93, 98))
_GAP: Final = 10

Chosen = Callable[[Example], bool]


def point_of(fit: Fit) -> card_pb2.OperatingPoint:
    """The ratio that at most one in twenty reaches, of untouched pictures as well as of files as they are."""
    pairs = [(one.example, one.ratio) for one in fit.judged if not (one.example.dataset and one.example.fake)]
    fake = np.asarray([example.fake for example, _ in pairs])
    filed = np.asarray([bool(example.dataset) for example, _ in pairs])
    ratios = np.asarray([ratio for _, ratio in pairs])
    groups = [ratios[~fake & filed], ratios[~fake & ~filed]]
    threshold = max(0.0, *(threshold_at(group, FALSE_ALARMS) for group in groups if group.size))
    return operating_point(POINT, threshold, fake, ratios, "made splices and files as they are, their source left out")


def metrics(fit: Fit, threshold: float) -> Iterator[card_pb2.Metric]:
    """Every number of the card about made splices."""
    pairs = [(one.example, one) for one in fit.judged if not one.example.dataset]
    for dataset, chosen in _views([example for example, _ in pairs]).items():
        group = [(example, judged) for example, judged in pairs if chosen(example)]
        fake = np.asarray([example.fake for example, _ in group])
        ratios = np.asarray([judged.ratio for _, judged in group])
        if fake.all() or not fake.any():
            continue
        yield _metric("auc", dataset, bootstrap(auc, fake, ratios))
        yield _metric("false alarms", dataset, rate(int((ratios[~fake] >= threshold).sum()), int((~fake).sum())))
        yield _metric("found", dataset, rate(int((ratios[fake] >= threshold).sum()), int(fake.sum())))
        splices = [(example, judged) for example, judged in group if example.fake]
        yield from _map_metrics(splices, dataset, fit.region_probability)


def _map_metrics(splices: Sequence[tuple[Example, Judged]], dataset: str, least: float) -> Iterator[card_pb2.Metric]:
    areas = [auc(example.pasted.ravel(), judged.chances.ravel()) for example, judged in splices]
    overlaps = [_f1(example.pasted, judged.chances >= least) for example, judged in splices]
    yield _metric("map: mean auc of blocks", dataset, _mean(areas))
    yield _metric("map: mean F1 of blocks", dataset, _mean(overlaps))


def _views(examples: Sequence[Example]) -> dict[str, Chosen]:
    views: dict[str, Chosen] = {"all": lambda _: True}
    for source in sorted({example.source for example in examples}):
        views[source] = lambda example, s=source: example.source == s
    for side in sorted({example.side_px for example in examples}):
        views[f"{side} px"] = lambda example, s=side: example.side_px == s
    for low, high in _QUALITIES:
        views[f"quality {low} to {high}"] = lambda example, a=low, b=high: a <= example.quality <= b
    views[f"host compressed before, {_GAP} or more below"] = lambda example: (
        0 < example.host_quality <= example.quality - _GAP
    )
    views["host never compressed before"] = lambda example: not example.host_quality
    return views


def _f1(pasted: np.ndarray, found: np.ndarray) -> float:
    return float(2 * (pasted & found).sum() / max(1, pasted.sum() + found.sum()))


def _mean(values: Sequence[float]) -> Estimate:
    numbers = np.asarray(values, np.float64)
    rng = np.random.default_rng(0)
    means = [float(rng.choice(numbers, numbers.size).mean()) for _ in range(1000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(float(numbers.mean()), float(low), float(high), numbers.size)


def _metric(name: str, dataset: str, found: Estimate) -> card_pb2.Metric:
    return metric_row(name, dataset, _LEFT_OUT, found)

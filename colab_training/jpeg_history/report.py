"""What the tests are worth on sources left out: AUC over qualities and sizes, false alarms, errors of quality and grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from colab_training.card_rows import metric_row
from colab_training.card_text import table
from colab_training.jpeg_history.examples import ALIGNED, CAMERA, ONCE, STANDARD, Example
from colab_training.jpeg_history.fitting import Fit
from colab_training.metrics import Estimate, auc, bootstrap, rate
from metadata_svc.history.reading import HistoryReading
from telltale.model.v1 import card_pb2

BAR_FIRST: Final = range(50, 81)
BAR_SECOND: Final = range(85, 96)
SIDE_PX: Final = 256
_LEFT_OUT: Final = "its source left out"

Chosen = Callable[[Example], bool]


def metrics(fit: Fit, examples: Sequence[Example], threshold: float) -> Iterator[card_pb2.Metric]:
    """Every number of the card about one of the tests."""
    kind = fit.question.kind
    for dataset, chosen in _views(examples).items():
        bar = [_in_bar(example, kind) and chosen(example) for example in examples]
        yield from _area(f"auc, {kind}", dataset, fit, examples, bar)
        alone = [example.kind == ONCE and example.tables == STANDARD and chosen(example) for example in examples]
        yield from _false_alarms(f"false alarms, {kind}", dataset, fit, alone, threshold)
    by_camera = [example.tables == CAMERA and example.kind in (ONCE, kind) for example in examples]
    yield from _area(f"auc, {kind}", "first tables of cameras", fit, examples, by_camera)
    alone = [example.tables == CAMERA and example.kind == ONCE for example in examples]
    yield from _false_alarms(f"false alarms, {kind}", "tables of cameras, once", fit, alone, threshold)
    yield from _errors(fit, examples, threshold)


def answered(measured: Sequence[Example], able: int) -> card_pb2.Metric:
    """Share of the pictures with enough detail; all other numbers are of these."""
    return _metric("answered", "all", rate(able, len(measured)))


def grid(fit: Fit, examples: Sequence[Example]) -> str:
    """AUC for each first (rows) and second (columns) quality at 256 px, as Markdown; the pair against once at the second."""
    kind = fit.question.kind
    able = [
        (example, ratio)
        for example, ratio in zip(examples, fit.ratios, strict=True)
        if example.side_px == SIDE_PX and example.tables == STANDARD
    ]
    firsts = sorted({example.first_quality for example, _ in able if example.kind == kind})
    seconds = sorted({example.second_quality for example, _ in able})
    once = {
        second: [ratio for example, ratio in able if (example.kind, example.second_quality) == (ONCE, second)]
        for second in seconds
    }
    rows = []
    for first in firsts:
        cells = []
        for second in seconds:
            wanted = (kind, first, second)
            twice = [r for e, r in able if (e.kind, e.first_quality, e.second_quality) == wanted]
            values = [*once[second], *twice]
            cells.append(f"{auc([False] * len(once[second]) + [True] * len(twice), values):.2f}")
        rows.append((str(first), *cells))
    return table(("first \\ second", *map(str, seconds)), rows)


def _views(examples: Sequence[Example]) -> dict[str, Chosen]:
    sources = sorted({example.source for example in examples})
    sides = sorted({example.side_px for example in examples})
    views: dict[str, Chosen] = {f"all, {SIDE_PX} px": lambda example: example.side_px == SIDE_PX}
    for source in sources:
        views[f"{source}, {SIDE_PX} px"] = lambda e, s=source: e.source == s and e.side_px == SIDE_PX
    for side in sides:
        if side != SIDE_PX:
            views[f"all, {side} px"] = lambda e, s=side: e.side_px == s
    return views


def _in_bar(example: Example, kind: str) -> bool:
    if example.tables != STANDARD or example.second_quality not in BAR_SECOND:
        return False
    return example.kind == ONCE or (example.kind == kind and example.first_quality in BAR_FIRST)


def _area(
    name: str, dataset: str, fit: Fit, examples: Sequence[Example], chosen: Sequence[bool]
) -> Iterator[card_pb2.Metric]:
    picked = np.flatnonzero(chosen)
    fake = [examples[index].kind == fit.question.kind for index in picked]
    if len(set(fake)) == 2:
        yield _metric(name, dataset, bootstrap(auc, fake, fit.ratios[picked]))


def _false_alarms(
    name: str, dataset: str, fit: Fit, chosen: Sequence[bool], threshold: float
) -> Iterator[card_pb2.Metric]:
    ratios = fit.ratios[np.asarray(chosen, bool)]
    if ratios.size:
        yield _metric(name, dataset, rate(int((ratios >= threshold).sum()), ratios.size))


def _errors(fit: Fit, examples: Sequence[Example], threshold: float) -> Iterator[card_pb2.Metric]:
    """Of what is found in the range of the bars: how far the first quality is off, and how often the grid is right."""
    kind = fit.question.kind
    found = [
        example
        for example, ratio in zip(examples, fit.ratios, strict=True)
        if example.kind == kind and _in_bar(example, kind) and ratio >= threshold
    ]
    if not found:
        return
    off = np.asarray([abs(_quality(example.reading, kind) - example.first_quality) for example in found], np.float64)
    rng = np.random.default_rng(0)
    means = [float(rng.choice(off, off.size).mean()) for _ in range(1000)]
    low, high = np.quantile(means, [0.025, 0.975])
    dataset = "all sizes, where it is found"
    yield _metric(
        f"mean absolute error of the first quality, {kind}",
        dataset,
        Estimate(float(off.mean()), float(low), float(high), off.size),
    )
    yield _metric(f"first quality within 2, {kind}", dataset, rate(int((off <= 2).sum()), off.size))
    if kind != ALIGNED:
        right = [(e.reading.shifted.x_px, e.reading.shifted.y_px) == e.corner_px for e in found]
        yield _metric(f"corner of the grid right, {kind}", dataset, rate(sum(right), len(right)))


def _quality(reading: HistoryReading, kind: str) -> int:
    return reading.aligned.quality if kind == ALIGNED else reading.shifted.quality


def _metric(name: str, dataset: str, found: Estimate) -> card_pb2.Metric:
    return metric_row(name, dataset, _LEFT_OUT, found)

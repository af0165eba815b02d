"""Drawings of what was judged: ROC curves by source, and how well probabilities match shares, for every detector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.accuracy.measure import FUSED, Judged, detectors, opinions
from colab_training.evaluation import ALL, calibration_error, source_index, sources
from colab_training.metrics import Bools, Floats

DPI = 90
_BINS = 10
_COLUMNS = 3


def draw_roc(filed: Judged, alike: Judged, path: Path) -> None:
    """Writes the fused score's ROC curves by source, for both forms of the pictures side by side."""
    figure = Figure(figsize=(10.5, 4.6), layout="constrained")
    for axes, judged, title in zip(
        figure.subplots(1, 2), (filed, alike), ("files as they are", "both classes made alike"), strict=True
    ):
        _roc(axes, judged)
        axes.set_title(f"Fused score, {title}")
    figure.savefig(path, dpi=DPI)


def draw_reliability(judged: Judged, path: Path) -> None:
    """Writes one reliability diagram per detector, each over the pictures it had an opinion on."""
    names = detectors(judged)
    rows = -(-len(names) // _COLUMNS)
    figure = Figure(figsize=(3.6 * _COLUMNS, 3.5 * rows), layout="constrained")
    grid = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for axes, name in zip(grid, names, strict=False):
        _reliability(axes, judged, name)
    for axes in grid[len(names) :]:
        axes.set_axis_off()
    figure.savefig(path, dpi=DPI)


def curve(fake: Bools, values: Floats) -> tuple[Floats, Floats]:
    """Shares of real pictures and of fakes above each threshold, from (0, 0) to (1, 1); equal values make one step."""
    order = np.argsort(-values)
    hits, alarms = np.cumsum(fake[order]), np.cumsum(~fake[order])
    last_of_equals = np.flatnonzero(np.append(np.diff(values[order]) != 0, True))
    start = np.zeros(1)
    return (
        np.concatenate([start, alarms[last_of_equals] / max(1, alarms[-1])]),
        np.concatenate([start, hits[last_of_equals] / max(1, hits[-1])]),
    )


def reliability(fake: Bools, log_odds: Floats) -> list[tuple[float, float, int]]:
    """Mean probability, share of fakes and number of pictures of each filled tenth of the probability."""
    chances = 1 / (1 + np.exp(-log_odds))
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    filled = [bins == index for index in range(_BINS) if (bins == index).any()]
    return [(float(chances[here].mean()), float(fake[here].mean()), int(here.sum())) for here in filled]


def _roc(axes: Axes, judged: Judged) -> None:
    parts = {name: source_index(judged.samples, name) for name in sources(judged.samples)}
    for name, index in ({ALL: np.arange(len(judged.samples))} | parts).items():
        alarms, hits = curve(judged.fake[index], judged.log_odds[index])
        axes.plot(alarms, hits, label=f"{name} ({int(judged.fake[index].sum())} fakes)")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.set(xlabel="share of real pictures above the threshold", ylabel="share of fakes above the threshold")
    axes.legend(loc="lower right", fontsize=8)


def _reliability(axes: Axes, judged: Judged, name: str) -> None:
    values = opinions(judged, name)
    heard = ~np.isnan(values)
    points = reliability(judged.fake[heard], values[heard])
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.plot([point[0] for point in points], [point[1] for point in points], marker="o", markersize=4)
    for chance, share, count in points:
        axes.annotate(str(count), (chance, share), xytext=(4, -9), textcoords="offset points", fontsize=7)
    gap = calibration_error(judged.fake[heard], values[heard])
    what = "log-odds" if name == FUSED else "likelihood ratio, even prior"
    axes.set(xlim=(0, 1), ylim=(0, 1), title=f"{name}: ECE {gap:.3f}", ylabel="share of fakes")
    axes.set_xlabel(f"probability ({what})", fontsize=8)

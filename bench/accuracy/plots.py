"""Pictures of the accuracy benchmark: ROC curves by source, and how well probabilities match shares."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.accuracy.measure import Judged
from colab_training.evaluation import ALL, source_index, sources
from colab_training.metrics import Bools, Floats

_BINS = 10


def draw(judged: Judged, path: Path) -> None:
    """Writes both plots side by side as a PNG."""
    figure = Figure(figsize=(11, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    _roc(left, judged)
    _reliability(right, judged)
    figure.savefig(path, dpi=110)


def _roc(axes: Axes, judged: Judged) -> None:
    fake = np.array([sample.fake for sample in judged.samples])
    parts = {name: source_index(judged.samples, name) for name in sources(judged.samples)}
    for name, index in ({ALL: np.arange(len(fake))} | parts).items():
        alarms, hits = _curve(fake[index], judged.log_odds[index])
        axes.plot(alarms, hits, label=f"{name} ({int(fake[index].sum())} fakes)")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.set(xlabel="real pictures above the threshold", ylabel="fakes above the threshold", title="fused, split val")
    axes.legend(loc="lower right", fontsize=8)


def _curve(fake: Bools, values: Floats) -> tuple[Floats, Floats]:
    order = np.argsort(-values)
    hits, alarms = np.cumsum(fake[order]), np.cumsum(~fake[order])
    last_of_equals = np.flatnonzero(np.append(np.diff(values[order]) != 0, True))
    start = np.zeros(1)
    return (
        np.concatenate([start, alarms[last_of_equals] / max(1, alarms[-1])]),
        np.concatenate([start, hits[last_of_equals] / max(1, hits[-1])]),
    )


def _reliability(axes: Axes, judged: Judged) -> None:
    fake = np.array([sample.fake for sample in judged.samples])
    chances = 1 / (1 + np.exp(-judged.log_odds))
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    filled = [index for index in range(_BINS) if (bins == index).any()]
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.plot([chances[bins == i].mean() for i in filled], [fake[bins == i].mean() for i in filled], marker="o")
    for index in filled:
        here = bins == index
        axes.annotate(str(int(here.sum())), (chances[here].mean(), fake[here].mean()), fontsize=7)
    axes.set(xlabel="fused probability", ylabel="share of fakes", title="reliability (number of pictures)")

"""What notebooks and benchmarks draw: ROC by source, reliability, the course of a training, maps on faces."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from colab_training.evaluation import ALL, source_index, sources
from colab_training.manifest import Sample
from colab_training.metrics import Bools, Floats
from kit.convert.tensor import Picture

_BINS = 10
_TILE_PX = 160


@dataclass(frozen=True)
class MappedFace:
    """A face crop, uint8 (H, W, 3), the cells' logits (h, w) over it, and what to write above it."""

    crop: Picture
    cells: NDArray[np.float32]
    title: str


def roc(axes: Axes, samples: Sequence[Sample], values: Floats, title: str) -> None:
    """Fakes found against real pictures accused (N,), over all and for every source with both."""
    fake = np.array([sample.fake for sample in samples])
    parts = {name: source_index(samples, name) for name in sources(samples)}
    for name, index in ({ALL: np.arange(len(fake))} | parts).items():
        alarms, hits = _curve(fake[index], values[index])
        axes.plot(alarms, hits, label=f"{name} ({int(fake[index].sum())} fakes)")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.set(xlabel="real pictures above the threshold", ylabel="fakes above the threshold", title=title)
    axes.legend(loc="lower right", fontsize=8)


def reliability(axes: Axes, fake: Bools, log_odds: Floats, title: str) -> None:
    """Share of fakes against the probability that was given, in bins of equal width, with the pictures in each."""
    chances = 1 / (1 + np.exp(-log_odds))
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    filled = [index for index in range(_BINS) if (bins == index).any()]
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.plot([chances[bins == i].mean() for i in filled], [fake[bins == i].mean() for i in filled], marker="o")
    for index in filled:
        here = bins == index
        axes.annotate(str(int(here.sum())), (chances[here].mean(), fake[here].mean()), fontsize=7)
    axes.set(xlabel="probability", ylabel="share of fakes", title=title)


def courses(history: Mapping[str, Sequence[float]], title: str) -> Figure:
    """One small plot per measured quantity, by epoch."""
    figure = Figure(figsize=(4 * len(history), 3), layout="constrained")
    for axes, (name, values) in zip(figure.subplots(1, len(history), squeeze=False)[0], history.items(), strict=True):
        axes.plot(range(1, len(values) + 1), values, marker="o")
        axes.set(xlabel="epoch", title=f"{title}: {name}")
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def maps(faces: Sequence[MappedFace], columns: int = 6) -> Figure:
    """Faces with their maps: red speaks for manipulation, blue against it."""
    rows = max(1, -(-len(faces) // columns))
    figure = Figure(figsize=(2 * columns, 2.2 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    largest = max((float(np.abs(face.cells).max()) for face in faces), default=1.0)
    for axes in grid:
        axes.set_axis_off()
    for axes, face in zip(grid, faces, strict=False):
        axes.imshow(cv2.resize(face.crop, (_TILE_PX, _TILE_PX), interpolation=cv2.INTER_AREA))
        over = cv2.resize(face.cells, (_TILE_PX, _TILE_PX), interpolation=cv2.INTER_LINEAR)
        axes.imshow(over, cmap="coolwarm", alpha=0.45, vmin=-largest, vmax=largest)
        axes.set_title(face.title, fontsize=8)
    return figure


def tiles(pictures: Sequence[tuple[str, Picture]], columns: int = 8) -> Figure:
    """Pictures with their titles."""
    rows = max(1, -(-len(pictures) // columns))
    figure = Figure(figsize=(1.6 * columns, 1.8 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, (title, picture) in zip(grid, pictures, strict=False):
        axes.imshow(picture)
        axes.set_title(title, fontsize=8)
    return figure


def _curve(fake: Bools, values: Floats) -> tuple[Floats, Floats]:
    order = np.argsort(-values)
    hits, alarms = np.cumsum(fake[order]), np.cumsum(~fake[order])
    last_of_equals = np.flatnonzero(np.append(np.diff(values[order]) != 0, True))
    start = np.zeros(1)
    return (
        np.concatenate([start, alarms[last_of_equals] / max(1, alarms[-1])]),
        np.concatenate([start, hits[last_of_equals] / max(1, hits[-1])]),
    )


def png(figure: Figure) -> bytes:
    """The figure as a PNG file, for notebooks."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=90)
    return buffer.getvalue()

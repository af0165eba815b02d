"""The findings as pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from colab_training.metrics import Estimate, Floats
from colab_training.pictures import read_picture
from colab_training.preparation.examination import Examined, Facts
from colab_training.preparation.leakage import Leakage, Recurrence
from colab_training.preparation.report import LOUD_AUC, Report
from colab_training.preparation.statistics import SourceStatistics
from colab_training.shortcuts import FAMILIES
from kit.convert.tensor import Picture

REAL, FAKE = "#3b7dd8", "#d8553b"
_PART_SHADES = {"fit": 1.0, "calibration": 0.6, "val": 0.3}
_SHEET_PX = 128
_SHEET_COLUMNS = 4


def draw_all(root: Path, examined: Examined, report: Report, folder: Path) -> list[Path]:
    """Writes all plots as PNG and answers their paths."""
    figures = {
        "sources.png": sources_figure(report.statistics),
        "outside.png": outside_figure(examined),
        "shortcuts.png": shortcuts_figure(report.leakage),
        "recurrences.png": recurrences_figure(root, report.leakage.recurrences),
    }
    for name, figure in figures.items():
        figure.savefig(folder / name, dpi=100)
    return [folder / name for name in figures]


def sources_figure(rows: Sequence[SourceStatistics]) -> Figure:
    """How many pictures of which source, class and part."""
    figure = Figure(figsize=(9, 0.4 * len(rows) + 1.4), layout="constrained")
    axes = figure.subplots()
    for position, row in enumerate(rows):
        left = 0
        for part, shade in _PART_SHADES.items():
            count = row.parts.get(part, 0)
            axes.barh(position, count, left=left, color=FAKE if row.fake else REAL, alpha=shade)
            left += count
        axes.annotate(f" {left}", (left, position), va="center", fontsize=8)
    axes.set_yticks(range(len(rows)), [f"{row.source} {'fake' if row.fake else 'real'}" for row in rows])
    axes.set(xscale="symlog", xlabel="pictures (dark: fit, medium: calibration, light: val)")
    return figure


def outside_figure(examined: Examined) -> Figure:
    """Where real and fake differ although no detector should look: width, JPEG quality, face, sharpness, brightness."""
    columns: dict[str, Callable[[Facts], float | None]] = {
        "width, px": lambda facts: facts.feature("width"),
        "JPEG quality (0: none)": lambda facts: facts.feature("quality"),
        "face, px": examined.face_px,
        "sharpness": lambda facts: facts.sharpness,
        "brightness": lambda facts: float(facts.outside[-3:].mean()),
    }
    names = sorted({facts.sample.source for facts in examined.facts})
    figure = Figure(figsize=(2.6 * len(columns), 1.9 * len(names)), layout="constrained")
    grid = figure.subplots(len(names), len(columns), squeeze=False)
    for axes_row, name in zip(grid, names, strict=True):
        own = [facts for facts in examined.facts if facts.sample.source == name]
        for axes, (title, value) in zip(axes_row, columns.items(), strict=True):
            _histogram(axes, own, value)
            axes.set_xlabel(title, fontsize=8)
        axes_row[0].set_ylabel(name, fontsize=8)
    grid[0][0].legend(handles=[Patch(color=REAL, label="real"), Patch(color=FAKE, label="fake")], fontsize=8)
    return figure


def _histogram(axes: Axes, facts: Sequence[Facts], value: Callable[[Facts], float | None]) -> None:
    measured = {fake: [value(each) for each in facts if each.sample.fake == fake] for fake in (False, True)}
    known = {fake: [number for number in numbers if number is not None] for fake, numbers in measured.items()}
    bins = _bins(known[False] + known[True])
    for fake, numbers in known.items():
        if numbers:
            weights = np.full(len(numbers), 1 / len(numbers))
            axes.hist(numbers, bins, weights=weights, alpha=0.6, color=FAKE if fake else REAL)
    axes.tick_params(labelsize=7)
    axes.set_yticks([])


def _bins(values: Sequence[float]) -> Floats:
    low, high = min(values, default=0.0), max(values, default=1.0)
    margin = 0.0 if high > low else 0.1 * max(1.0, abs(low))
    return np.linspace(low - margin, high + margin, 31)


def shortcuts_figure(found: Leakage) -> Figure:
    """AUC of size, compression and colour alone, with 95% intervals."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.subplots()
    names = list(found.shortcuts)
    for number, family in enumerate(FAMILIES):
        for position, name in enumerate(names):
            _bar(axes, position + (number - 1.5) * 0.2, found.shortcuts[name][family], f"C{number}")
        axes.bar(0, 0, color=f"C{number}", label=family)
    axes.axhline(0.5, color="grey", linewidth=0.8)
    axes.axhline(LOUD_AUC, color="grey", linewidth=0.8, linestyle="--")
    axes.set_xticks(range(len(names)), names)
    axes.set(ylim=(0.3, 1.02), ylabel="AUC without looking at the face")
    axes.legend(fontsize=8, ncols=len(FAMILIES), loc="upper left")
    return figure


def _bar(axes: Axes, x: float, estimate: Estimate, colour: str) -> None:
    if not np.isnan(estimate.value):
        below, above = max(0.0, estimate.value - estimate.low), max(0.0, estimate.high - estimate.value)
        axes.bar(x, estimate.value, 0.18, color=colour, yerr=[[below], [above]], capsize=2)


def recurrences_figure(root: Path, pairs: Sequence[Recurrence], most: int = 24) -> Figure:
    """Pairs of pictures that show one recording; those across val first."""
    chosen = sorted(pairs, key=lambda pair: not pair.crosses_val)[:most]
    rows = max(1, -(-len(chosen) // _SHEET_COLUMNS))
    figure = Figure(figsize=(11, 1.8 * rows), layout="constrained")
    grid = figure.subplots(rows, _SHEET_COLUMNS, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, pair in zip(grid, chosen, strict=False):
        axes.imshow(np.hstack([_tile(root / pair.first), _tile(root / pair.second)]))
        axes.set_title(f"{pair.parts[0]} {pair.labels[0]} | {pair.parts[1]} {pair.labels[1]}", fontsize=8)
    return figure


def _tile(path: Path) -> Picture:
    # Stretched to full contrast: many recordings are dark, and the point is to see whether they are the same.
    small = cv2.resize(read_picture(path), (_SHEET_PX, _SHEET_PX), interpolation=cv2.INTER_AREA)
    return np.clip(small * (250.0 / max(25.0, float(np.quantile(small, 0.98)))), 0, 255).astype(np.uint8)

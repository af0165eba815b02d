"""Drawings of the robustness grid and of the trainings without one source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.accuracy.plots import DPI
from bench.accuracy.robustness import Cell

_LINES = {
    "real pictures at least SUSPICIOUS": lambda cell: cell.alarms["suspicious_or_worse"].value,
    "real pictures MANIPULATED": lambda cell: cell.alarms["manipulated"].value,
    "all pictures INCONCLUSIVE": lambda cell: cell.inconclusive.value,
}


def draw_robustness(cells: Mapping[str, Cell], path: Path) -> None:
    """Writes the AUC of every detector under every change as a heat map, and what happens to verdicts below it."""
    figure = Figure(figsize=(11.5, 6.2), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=[1.0, 1.1], sharex=True)
    _heat_map(upper, cells)
    _verdict_lines(lower, cells)
    figure.savefig(path, dpi=DPI)


def draw_left_out(runs: Mapping[str, Any], path: Path) -> None:
    """Writes, for each source left out, the AUC of both recipes on it, beside what they reach when nothing is left out."""
    rows = left_out_rows(runs)
    names = sorted({row[0] for row in rows})
    figure = Figure(figsize=(10.5, 4.2), layout="constrained")
    for axes, form in zip(figure.subplots(1, 2, sharey=True), ("filed", "alike"), strict=True):
        _left_out_bars(axes, [row for row in rows if row[2] == form], names)
        axes.set_title("files as they are" if form == "filed" else "both classes made alike")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
    figure.savefig(path, dpi=DPI)


def left_out_rows(runs: Mapping[str, Any]) -> list[tuple[str, str, str, float | None, float]]:
    """(source, recipe, form, AUC on split val when learned from or None, AUC on all its pictures when left out)."""
    rows = []
    for name, run in runs.items():
        recipe, source = name.split(", without ")
        for form, areas in run["areas"].get("left_out", {}).items():
            whole = runs.get(f"{recipe}, without nothing", {}).get("areas", {}).get("val", {}).get(form, {})
            seen = whole[source]["value"] if source in whole else None
            rows.append((source, recipe, form, seen, areas[source]["value"]))
    return rows


def _heat_map(axes: Axes, cells: Mapping[str, Cell]) -> None:
    detectors = list(dict.fromkeys(name for cell in cells.values() for name in cell.auc))
    values = np.array([[_auc(cell, name) for cell in cells.values()] for name in detectors])
    axes.imshow(values, aspect="auto", vmin=0.5, vmax=1.0, cmap="viridis")
    axes.set_yticks(range(len(detectors)), detectors)
    for row, column in np.argwhere(~np.isnan(values)):
        dark = values[row, column] < 0.75
        text = f"{values[row, column]:.2f}".removeprefix("0")
        axes.text(column, row, text, ha="center", va="center", fontsize=8, color="white" if dark else "black")
    axes.set_title("AUC by detector and change")


def _verdict_lines(axes: Axes, cells: Mapping[str, Cell]) -> None:
    for label, share in _LINES.items():
        axes.plot([share(cell) for cell in cells.values()], marker="o", markersize=4, label=label)
    axes.set_xticks(range(len(cells)), list(cells), rotation=55, ha="right", fontsize=8)
    axes.set(ylabel="share", ylim=(0, None), title="Verdicts at the shipped thresholds")
    axes.grid(axis="y", linewidth=0.4)
    axes.legend(fontsize=8)


def _left_out_bars(axes: Axes, rows: Sequence[tuple[str, str, str, float | None, float]], names: Sequence[str]) -> None:
    recipes = sorted({row[1] for row in rows}, reverse=True)
    width = 0.8 / max(1, len(recipes))
    for number, recipe in enumerate(recipes):
        own = {row[0]: row for row in rows if row[1] == recipe}
        places = [n + (number - (len(recipes) - 1) / 2) * width for n, name in enumerate(names) if name in own]
        bars = [own[name][4] for name in names if name in own]
        seen = [own[name][3] for name in names if name in own]
        axes.bar(places, bars, width * 0.9, label=f"{recipe}, source left out")
        axes.scatter(
            places, [np.nan if v is None else v for v in seen], marker="_", s=300, color="black", zorder=3,
            label="learned from it" if number == 0 else None,
        )  # fmt: skip
        for place, value in zip(places, bars, strict=True):
            axes.text(place, value - 0.04, f"{value:.2f}", ha="center", fontsize=8, color="white")
    axes.axhline(0.5, color="grey", linewidth=0.8)
    axes.set_xticks(range(len(names)), names, fontsize=8)
    axes.set(ylim=(0.3, 1.02), ylabel="AUC")


def _auc(cell: Cell, name: str) -> float:
    return cell.auc[name].value if name in cell.auc else float("nan")

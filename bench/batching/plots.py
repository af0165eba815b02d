"""Drawings of throughput and latency against the number of callers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

_COLUMNS, _DPI = 5, 90


def draw(networks: list[dict[str, Any]], path: Path) -> None:
    """Two drawings for each network: requests answered, and the median time of one, both against the plain loop."""
    bands = -(-len(networks) // _COLUMNS)
    figure = Figure(figsize=(3.4 * _COLUMNS, 5.6 * bands), layout="constrained")
    grid = figure.subplots(2 * bands, _COLUMNS, squeeze=False)
    for axes in grid.ravel():
        axes.set_axis_off()
    for index, network in enumerate(networks):
        band, column = divmod(index, _COLUMNS)
        _lines(grid[2 * band, column], network, "throughput")
        _lines(grid[2 * band + 1, column], network, "p50")
        grid[2 * band, column].set_title(network["name"])
    figure.savefig(path, dpi=_DPI)


def _lines(axes: Axes, network: dict[str, Any], what: str) -> None:
    axes.set_axis_on()
    crowds = [case for case in network["cases"] if case["how"] == "batcher" and not case["wait_ms"]]
    for together in sorted({case["together"] for case in crowds}):
        points = [(case["clients"], case[what]) for case in crowds if case["together"] == together]
        axes.plot(*zip(*points, strict=True), marker="o", label=f"up to {together} together")
    axes.axhline(1.0, color="grey", linewidth=0.8)
    axes.set_xscale("log", base=2)
    axes.set_xlabel("callers")
    axes.set_ylabel(f"{what} / plain loop")
    if what == "p50":
        axes.set_yscale("log", base=2)
    else:
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=7)

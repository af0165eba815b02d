"""The reliability diagram of every kind, and of all together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from bench.verdict.numbers import Measured

_DPI = 90


def draw_reliability(kinds: Mapping[str, Measured], path: Path) -> None:
    """Writes a PNG; points above the line: fakes are more frequent than said. Numbers count media."""
    figure = Figure(figsize=(3.6 * len(kinds), 3.6), layout="constrained")
    for axes, (name, own) in zip(figure.subplots(1, len(kinds), squeeze=False)[0], kinds.items(), strict=True):
        axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
        points = own.reliability
        axes.plot([bin.forecast for bin in points], [bin.observed for bin in points], marker="o", markersize=4)
        for bin in points:
            axes.annotate(
                str(bin.items), (bin.forecast, bin.observed), xytext=(4, -9), textcoords="offset points", fontsize=7
            )
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="probability of manipulation", ylabel="share of fakes")
        axes.set_title(f"{name}: ECE {own.ece.value:.3f}", fontsize=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=_DPI)

"""The drawings of docs/SERVING.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bench.serving.growth import LOADS, Grown
from bench.serving.queueing import Policy

_DPI = 90
_LINES = {Policy.ROUND_ROBIN: "--", Policy.LEAST_REQUEST: "-"}


def draw_servers(servers: Mapping[str, Sequence[Mapping[str, Any]]], path: Path) -> None:
    """Writes a PNG: throughput, latency and cost of every server; the grey line is the plain loop."""
    figure = Figure(figsize=(13, 4.2), layout="constrained")
    panels = (("throughput", "throughput / loop"), ("p50", "p50 / function"), ("cpu_s", "CPU seconds a request"))
    for axes, (measure, words) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        _bars(axes, servers, measure)
        axes.set_ylabel(words)
        if measure != "cpu_s":
            axes.axhline(1, color="grey", linewidth=0.8)
    figure.axes[1].set_yscale("log")
    # Above the bars, none of which it may hide.
    figure.axes[0].legend(fontsize=8, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    _save(figure, path)


def draw_growth(grown: Sequence[Grown], path: Path) -> None:
    """Writes a PNG: the slowest hundredth over load by replicas, and what they bear within the bound."""
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for number, own in enumerate(grown):
        colour = f"C{number // len(Policy)}"
        label = f"{own.replicas} replicas, {own.policy.value}"
        left.plot(LOADS, own.p99, _LINES[own.policy], color=colour, label=label)
    left.set(yscale="log", xlabel="load / capacity", ylabel="p99 / service time", title="simulated")
    left.legend(fontsize=7)
    for policy in Policy:
        rows = [own for own in grown if own.policy is policy]
        right.plot([own.replicas for own in rows], [own.bounded_hz for own in rows], _LINES[policy], marker="o",
                   label=policy.value)  # fmt: skip
    right.set(xlabel="replicas", ylabel="requests per second at p99 within the bound", title="simulated")
    right.legend()
    _save(figure, path)


def _bars(axes: Any, servers: Mapping[str, Sequence[Mapping[str, Any]]], measure: str) -> None:
    width = 0.26
    for number, clients in enumerate(each["clients"] for each in next(iter(servers.values()))):
        own = [rows[number][measure] for rows in servers.values()]
        places = [index + (number - 1) * width for index in range(len(servers))]
        medians = [each["median"] for each in own]
        reach = [[each["median"] - each["low"] for each in own], [each["high"] - each["median"] for each in own]]
        axes.bar(places, medians, width, yerr=reach, label=f"{clients} clients", error_kw={"linewidth": 0.8})
    axes.set_xticks(range(len(servers)), servers, rotation=40, ha="right", fontsize=8)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=_DPI)

"""The measurements of the card for people: one row per source, one table per question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from colab_training.card_text import table
from colab_training.lip_sync.measure import ABOVE_0, ABOVE_HALF, FOUND, FOUND_40, FOUND_60, SHORT, SWAPPED
from telltale.model.v1 import card_pb2

_WINDOWS = (FOUND_40, FOUND_60, FOUND, SWAPPED)
_Chosen = Callable[[card_pb2.Metric], bool]


def tables(metrics: Sequence[card_pb2.Metric]) -> str:
    """Markdown. Brackets are 95% intervals over clips."""
    parts: list[tuple[str, tuple[str, ...], _Chosen]] = [
        ("Real sources left out (split train)", _WINDOWS, lambda m: _windows(m) and m.split == "train"),
        ("Real clips of split val, by what is shipped", _WINDOWS, lambda m: _windows(m) and m.split == "val"),
        ("False alarms on real clips", (ABOVE_0, ABOVE_HALF, SHORT), lambda m: _real(m) and not _windows(m)),
        ("Fakes", (FOUND_40, FOUND, ABOVE_0, ABOVE_HALF, SHORT), lambda m: not _real(m)),
    ]
    return "\n\n".join(_part(title, columns, [m for m in metrics if chosen(m)]) for title, columns, chosen in parts)


def _part(title: str, columns: Sequence[str], metrics: Sequence[card_pb2.Metric]) -> str:
    rows: dict[tuple[str, str], dict[str, card_pb2.Metric]] = {}
    for metric in metrics:
        rows.setdefault((metric.dataset, metric.split), {})[metric.metric] = metric
    lines = [
        (name, split, *(_cell(found.get(column)) for column in columns), str(max(m.items for m in found.values())))
        for (name, split), found in sorted(rows.items())
    ]
    return f"### {title}\n" + table(("data", "split", *columns, "clips"), lines)


def _cell(metric: card_pb2.Metric | None) -> str:
    if metric is None:
        return "–"
    digits = 0 if metric.metric == FOUND else 2
    return f"{metric.value:.{digits}f} ({metric.low:.{digits}f} to {metric.high:.{digits}f})"


def _real(metric: card_pb2.Metric) -> bool:
    return "(real)" in metric.dataset


def _windows(metric: card_pb2.Metric) -> bool:
    return _real(metric) and metric.metric in _WINDOWS

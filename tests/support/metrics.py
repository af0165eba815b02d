"""Metrics by name: those that the code can count, and those in what a process tells. Starts nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import import_module

from prometheus_client.parser import text_string_to_metric_families

from kit.telemetry import Definition, definitions

MODULES = (
    "gateway.metrics",
    "kit.batching.metrics",
    "kit.media.metrics",
    "kit.rpc.metering",
    "kit.serving.manager",
    "kit.serving.metrics",
    "kit.serving.shadow",
    "kit.serving.watcher",
    "monitoring.drift.metrics",
    "monitoring.golden.metrics",
)
"""Where metrics are defined, besides kit.telemetry itself."""

_BUCKET = "le"
_OURS = re.compile(r"telltale_|rpc_")


def defined() -> Mapping[str, Definition]:
    """All metrics of ours by name, in order of name, whether anything has been counted or not."""
    for module in MODULES:
        import_module(module)
    return {each.name: each for each in sorted(definitions(), key=lambda each: each.name) if _OURS.match(each.name)}


def samples_of(metric: Definition) -> Mapping[str, frozenset[str]]:
    """What a query can name of a metric, with the labels it has then: of a histogram its parts."""
    labels = frozenset(metric.labels)
    if metric.kind != "histogram":
        return {metric.name: labels}
    parts = {f"{metric.name}_bucket": labels | {_BUCKET}, f"{metric.name}_count": labels}
    return parts if metric.edges[0] < 0 else {**parts, f"{metric.name}_sum": labels}


def queryable() -> Mapping[str, frozenset[str]]:
    """All that a query can name of the metrics of our code, with their labels; Envoy's and Prometheus' own are not in it."""
    return {name: labels for metric in defined().values() for name, labels in samples_of(metric).items()}


def exported(texts: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """What a query can name of what processes tell (`/metrics`, `/stats/prometheus`), with all labels that were seen."""
    found: dict[str, frozenset[str]] = {}
    for text in texts:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found[sample.name] = found.get(sample.name, frozenset()) | frozenset(sample.labels)
    return found


def values_of(texts: Iterable[str], label: str) -> frozenset[str]:
    """All values that a label has in what processes tell of our metrics."""
    samples = [sample for text in texts for family in text_string_to_metric_families(text) for sample in family.samples]
    return frozenset(s.labels[label] for s in samples if _OURS.match(s.name) and label in s.labels)


def table() -> list[str]:
    """The lines of the table of docs/operations.md."""
    rows = [
        f"| `{each.name}` | {each.kind} | {', '.join(f'`{label}`' for label in each.labels)} | {each.description} |"
        for each in defined().values()
    ]
    return ["| metric | kind | labels | what |", "|---|---|---|---|", *rows]

"""Metrics are told in one place, have no labels that a caller could fill, and stand in the manual."""

from __future__ import annotations

import re

from tests.support.imports import ROOT, module_of, source_files
from tests.support.metrics import MODULES, defined, table

CHOSEN_BY_US = {
    "cue", "detector", "form", "how", "label", "lane", "medium", "method", "model", "origin", "outcome", "pattern", "reason",
    "result", "rpc_method", "rpc_response_status_code", "same", "scanner", "service", "state", "version", "what",
}  # fmt: skip
"""Labels whose values come out of contracts, enumerations or checked cards; whoever adds one says by that that its do, too."""
ROOMS = {"kit", "gateway", "monitoring", "canary", "promotion", "cli"}


def test_the_manual_has_every_metric_as_it_is() -> None:
    manual = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    told = [line for line in manual.splitlines() if line.startswith(("| `telltale_", "| `rpc_"))]
    assert told == table()[2:], "\n".join(["the table in docs/operations.md should be:", *table()])


def test_every_file_that_defines_metrics_is_known() -> None:
    made = re.compile(r"\b(Counter|Gauge|Histogram|Reading)\(\s*\"(telltale|rpc)_")
    found = {
        module_of(path)
        for path in source_files()
        if path.relative_to(ROOT).parts[0] in ROOMS and made.search(path.read_text(encoding="utf-8"))
    }
    assert found == {*MODULES, "kit.telemetry.metrics"}


def test_labels_are_those_whose_values_no_caller_chooses() -> None:
    assert {label for metric in defined().values() for label in metric.labels} <= CHOSEN_BY_US


def test_names_and_descriptions_keep_their_form() -> None:
    for metric in defined().values():
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name
        assert not metric.name.endswith(("_count", "_sum", "_bucket")), metric.name
        assert metric.description.endswith("."), metric.name

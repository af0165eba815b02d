"""The accuracy benchmark as JSON and as Markdown."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from colab_training.metrics import Estimate

_LABELS = ("MANIPULATED", "SUSPICIOUS", "INCONCLUSIVE", "AUTHENTIC")


@dataclass(frozen=True)
class Report:
    """All numbers of one run."""

    models: Mapping[str, str]
    areas: Mapping[str, Mapping[str, Estimate]]
    shortcuts: Mapping[str, Estimate]
    abstained: Mapping[str, Estimate]
    false_alarms: Mapping[str, Mapping[str, Estimate]]
    calibration_error: Estimate
    labels: Mapping[str, Mapping[str, int]]
    scenes: Mapping[str, int]

    def document(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return dataclasses.asdict(self)


def markdown(report: Report) -> str:
    """The report for people."""
    columns = list(report.areas["fused"])
    auc_rows = [[cue, *(_cell(row.get(name)) for name in columns)] for cue, row in report.areas.items()]
    shortcut = ["*size, JPEG and colour alone*", *(_cell(report.shortcuts.get(name)) for name in columns)]
    label_rows = {**report.labels, "scenes real": report.scenes}
    sections = [
        "# Accuracy\n\nMeasured by `python -m bench.accuracy` on faces that nothing was trained or calibrated on; "
        "intervals are 95%. The scenes are among the authentic files of metadata_rules, so they are not held out. "
        + ", ".join(f"{name} {version}" for name, version in report.models.items())
        + ".",
        "## AUC\n\n" + _table(["cue", *columns], [*auc_rows, shortcut]),
        "## Real pictures accused\n\n" + _table(["source", "MANIPULATED", "SUSPICIOUS or worse", "n"], _alarms(report)),
        "## Labels\n\n"
        + _table(["pictures", *_LABELS], [[n, *(str(r.get(x, 0)) for x in _LABELS)] for n, r in label_rows.items()]),
        "## Abstentions\n\n" + _table(["cue", "share"], [[cue, _percent(e)] for cue, e in report.abstained.items()]),
        f"Expected calibration error of the fused probability: {report.calibration_error}.",
    ]
    return "\n\n".join(sections) + "\n"


def _alarms(report: Report) -> list[list[str]]:
    return [
        [name, _percent(row["manipulated"]), _percent(row["suspicious_or_worse"]), str(row["manipulated"].items)]
        for name, row in report.false_alarms.items()
    ]


def _cell(estimate: Estimate | None) -> str:
    return str(estimate) if estimate else "–"


def _percent(estimate: Estimate) -> str:
    return f"{estimate.value:.1%} [{estimate.low:.1%}, {estimate.high:.1%}]"


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(columns)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

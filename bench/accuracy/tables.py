"""Numbers as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bench.accuracy.measure import Quality
from bench.accuracy.report import QualityTable
from bench.accuracy.robustness import Cell
from colab_training.metrics import Estimate

LABELS = ("MANIPULATED", "SUSPICIOUS", "INCONCLUSIVE", "AUTHENTIC")
_MEASURES = ("auc", "eer", "ece", "tpr_at_1_percent", "tpr_at_5_percent")
_HEADS = ("AUC", "EER", "ECE", "fakes found at 1% false alarms", "at 5%")
NONE = "–"


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(columns)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(estimate: Estimate | None) -> str:
    """A number with its 95% interval, or a dash."""
    if estimate is None or estimate.value != estimate.value:
        return NONE
    return f"{estimate.value:.3f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def percent(estimate: Estimate) -> str:
    """A share with its 95% interval."""
    return f"{estimate.value:.1%} [{estimate.low:.1%}, {estimate.high:.1%}]"


def areas(quality: QualityTable, slices: Sequence[str]) -> str:
    """AUC by detector and slice."""
    rows = [[name, *(number(_measure(row.get(part), "auc")) for part in slices)] for name, row in quality.items()]
    return table(["detector", *slices], rows)


def details(quality: Mapping[str, Quality], first: str) -> str:
    """All measures, one row for each entry."""
    rows = [
        [name, f"{entry.reals} / {entry.fakes}", *(number(entry.measures.get(measure)) for measure in _MEASURES)]
        for name, entry in quality.items()
    ]
    return table([first, "real / fake", *_HEADS], rows)


def alarms(rows: Mapping[str, Mapping[str, Estimate]]) -> str:
    """Real pictures accused, by source."""
    return table(
        ["real pictures of", "n", "labelled MANIPULATED", "SUSPICIOUS or worse"],
        [
            [name, str(row["manipulated"].items), percent(row["manipulated"]), percent(row["suspicious_or_worse"])]
            for name, row in rows.items()
        ],
    )


def label_counts(rows: Mapping[str, Mapping[str, int]]) -> str:
    """Verdicts by label."""
    return table(
        ["pictures", *LABELS], [[name, *(str(row.get(label, 0)) for label in LABELS)] for name, row in rows.items()]
    )


def shares(rows: Mapping[str, Estimate], first: str) -> str:
    """One share a row."""
    return table([first, "share"], [[name, percent(estimate)] for name, estimate in rows.items()])


def robustness(cells: Mapping[str, Cell], detectors: Sequence[str]) -> str:
    """AUC by detector, false alarms and silence, one row for each change."""
    rows = [
        [
            name,
            *(_plain(cell.auc.get(detector)) for detector in detectors),
            f"{cell.alarms['suspicious_or_worse'].value:.1%}",
            f"{cell.inconclusive.value:.0%}",
        ]
        for name, cell in cells.items()
    ]
    return table(["change", *detectors, "real ones SUSPICIOUS or worse", "INCONCLUSIVE"], rows)


def abstentions(cells: Mapping[str, Cell], cues: Sequence[str]) -> str:
    """Share of pictures on which each cue abstained, one row for each change."""
    rows = [[name, *(f"{cell.abstained[cue].value:.0%}" for cue in cues)] for name, cell in cells.items()]
    return table(["change", *cues], rows)


def _plain(estimate: Estimate | None) -> str:
    return f"{estimate.value:.3f}" if estimate else NONE


def _measure(quality: Quality | None, name: str) -> Estimate | None:
    return quality.measures.get(name) if quality else None

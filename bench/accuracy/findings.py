"""What the numbers say in sentences, worked out from them, so that the words cannot be kinder than the numbers."""

from __future__ import annotations

from collections.abc import Iterator

from bench.accuracy.measure import FUSED
from bench.accuracy.perturb import AS_FILED
from bench.accuracy.report import QualityTable, Report
from bench.accuracy.tables import number, percent
from colab_training.evaluation import ALL
from colab_training.metrics import Estimate

# Bounds that the project set itself.
SHORTCUT_BAR = 0.6
WEAK_AUC = 0.8
FALSE_ALARM_BAR = 0.05
CALIBRATION_BAR = 0.05
NOTABLE_LOSS = 0.05
NOTABLE_ALARMS = 0.10


def summary(report: Report) -> str:
    """The most important numbers in one paragraph."""
    fused = report.filed[FUSED]
    alarms = report.false_alarms[ALL]
    sentences = [
        f"On {fused[ALL].reals} real and {fused[ALL].fakes} fake face pictures that no model was trained or calibrated "
        f"on, the fused score has an AUC of {number(fused[ALL].measures['auc'])}.",
        f"At the shipped thresholds {percent(alarms['manipulated'])} of the real pictures are labelled MANIPULATED and "
        f"{percent(alarms['suspicious_or_worse'])} SUSPICIOUS or worse.",
        f"Probabilities are off by {number(fused[ALL].measures['ece'])} on average.",
        *(
            f"On {name}, which no model learned from, the AUC is {number(area)} with both classes made alike."
            for name, area in _areas(report.unlearned_alike)
        ),
        "It is weaker than these numbers on kinds of fakes that it never met; read on.",
    ]
    return " ".join(sentences)


def failures(report: Report) -> str:
    """Where it fails and what the numbers do not say, as a list."""
    lines = [
        *_weak(report.filed, "files as they are"),
        *_weak(report.alike, "both classes made alike"),
        *_weak(report.unlearned_alike, "never learned from, both classes made alike"),
        *_shortcuts(report),
        *_calibration(report),
        *_accused(report),
        *_changes(report),
        "Every source here is a known data set. Nothing is said about newer generators or about people unlike those in the data; "
        "nobody counted age, skin colour or sex.",
        "The metadata cues hardly ever had an opinion here, because the makers of the data wrote all files again.",
        "Labels come from the sources. Some fakes of swap_dfdc show a person who was not swapped: nobody can find those.",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _areas(quality: QualityTable) -> Iterator[tuple[str, Estimate]]:
    for name, entry in quality.get(FUSED, {}).items():
        if name != ALL and "auc" in entry.measures:
            yield name, entry.measures["auc"]


def _weak(quality: QualityTable, form: str) -> list[str]:
    return [
        f"{name} ({form}): the fused AUC is {number(area)}"
        + (", no better than chance within its interval." if area.low <= 0.5 else ".")
        for name, area in _areas(quality)
        if area.value < WEAK_AUC
    ]


def _shortcuts(report: Report) -> list[str]:
    return [
        f"{name}: size, JPEG quality and colour alone reach {number(area)} on the files as they are. Only the number on pictures "
        "made alike counts there."
        for name, area in report.shortcuts["filed, outer"].items()
        if area.value > SHORTCUT_BAR
    ] + [
        f"{name}: even made alike, these features reach {number(area)}."
        for name, area in report.shortcuts["alike, outer"].items()
        if area.value > SHORTCUT_BAR
    ]


def _calibration(report: Report) -> list[str]:
    error = report.filed[FUSED][ALL].measures["ece"]
    over = [f"The fused calibration error {number(error)} is above the bar of {CALIBRATION_BAR}."]
    return over if error.value > CALIBRATION_BAR else []


def _accused(report: Report) -> list[str]:
    return [
        f"Real pictures of {name}: {percent(row['suspicious_or_worse'])} are labelled SUSPICIOUS or worse "
        f"(n = {row['manipulated'].items})."
        for name, row in report.false_alarms.items()
        if row["suspicious_or_worse"].value > FALSE_ALARM_BAR
    ]


def _changes(report: Report) -> list[str]:
    usual = report.robustness[AS_FILED]
    lines = []
    for name, cell in report.robustness.items():
        loss = usual.auc[FUSED].value - cell.auc[FUSED].value
        alarms = cell.alarms["suspicious_or_worse"]
        if loss > NOTABLE_LOSS:
            lines.append(f"{name}: the fused AUC falls by {loss:.2f} to {number(cell.auc[FUSED])}.")
        if alarms.value > NOTABLE_ALARMS:
            lines.append(f"{name}: {percent(alarms)} of real pictures are labelled SUSPICIOUS or worse.")
    return lines

"""All that the page says, and where the numbers fail, in sentences worked out from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.verdict.numbers import ALL, Measured
from bench.verdict.rivals import Rivals
from colab_training.ensemble.compare import Compared, Numbers
from colab_training.ensemble.conformal import Promise
from colab_training.ensemble.missing import Without
from colab_training.metrics import Estimate
from fusion_svc.model import FusionParameters

FALSE_ALARM_BAR = 0.05
CALIBRATION_BAR = 0.05
NAMED = {"image": "photos", "video": "videos", "audio": "recordings", ALL: "all kinds together"}


@dataclass(frozen=True)
class Findings:
    """All that the page says; by kind."""

    version: str
    parameters: FusionParameters
    measured: Mapping[str, Measured]
    rivals: Mapping[str, Rivals]
    best_tests: Mapping[str, str]
    compared: Mapping[str, Sequence[Compared]]
    scales: Mapping[str, Mapping[str, Numbers]]
    without: Mapping[str, Sequence[Without]]
    promises: Mapping[str, Sequence[Promise]]
    left_out: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Of videos, one source left out: by how clips were cut, AUC by method."""
    voices: Mapping[str, Estimate] = field(default_factory=dict)
    """AUC of the voice test, by what it has not met of the recordings."""


def limits(own: Findings) -> list[str]:
    """What the numbers do not say, and where a bar is missed, in sentences."""
    return [
        *_accused(own.measured),
        *_uncalibrated(own.measured),
        *_without(own.without),
        "Nothing was fitted on split val, but it was looked at while the fusion was designed (the limit of size, the penalty, "
        "what is promised on average): expect a little less on media that nobody has looked at.",
        "Every source is a known data set. Nothing is said about newer generators or about people unlike those in the data.",
        "A promise to a source holds for media like those of the source, and says nothing about the next source.",
        "Photos are pictures of faces of 178 to 1024 pixels on the shorter side; ordinary photos are larger.",
        *(
            ["Videos are clips of five seconds at most, recordings are three seconds of read speech."]
            if own.voices
            else []
        ),
    ]


def _accused(measured: Mapping[str, Measured]) -> Iterable[str]:
    over = [
        f"Real media of {source} ({NAMED[kind]}): {share.value:.1%} of {share.items} are labelled SUSPICIOUS or worse."
        for kind, own in measured.items()
        if kind != ALL
        for source, share in own.false_alarms.items()
        if share.value > FALSE_ALARM_BAR
    ]
    wide = max((share.high for own in measured.values() for share in own.false_alarms.values()), default=0.0)
    return [*over, f"Sources of few real media prove little: the upper ends of their false alarms reach {wide:.0%}."]


def _uncalibrated(measured: Mapping[str, Measured]) -> list[str]:
    return [
        f"Probabilities of {NAMED[kind]} are off by {own.ece.value:.3f} on average, above the bar of {CALIBRATION_BAR}."
        for kind, own in measured.items()
        if own.ece.value > CALIBRATION_BAR
    ]


def _without(without: Mapping[str, Sequence[Without]]) -> list[str]:
    worst = {kind: max(rows, key=lambda row: row.ece) for kind, rows in without.items()}
    return [
        f"Without {' and '.join(row.tests)} probabilities of {NAMED[kind]} are off by {row.ece:.3f}; "
        f"{row.inconclusive:.0%} of them are INCONCLUSIVE then."
        for kind, row in worst.items()
        if row.tests and row.ece > CALIBRATION_BAR
    ]

"""The numbers of the accuracy benchmark, from verdicts on labelled pictures."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colab_training.evaluation import ALL, calibration_error, kind_index, source_index, sources
from colab_training.evidence_table import EvidenceOf, cues_with_findings
from colab_training.manifest import Sample
from colab_training.metrics import (
    Bools,
    Estimate,
    Floats,
    auc,
    bootstrap,
    equal_error_rate,
    rate,
    true_positive_rate,
)
from telltale.fusion.v1 import verdict_pb2

FUSED = "fused"
_ACCUSED = (verdict_pb2.LABEL_MANIPULATED,)
_SUSPECTED = (verdict_pb2.LABEL_MANIPULATED, verdict_pb2.LABEL_SUSPICIOUS)
_ROUNDS = 400
MEASURES: Mapping[str, Callable[[Bools, Floats], float]] = {
    "auc": auc,
    "eer": equal_error_rate,
    "ece": calibration_error,
    "tpr_at_1_percent": functools.partial(true_positive_rate, false_positive_rate=0.01),
    "tpr_at_5_percent": functools.partial(true_positive_rate, false_positive_rate=0.05),
}


@dataclass(frozen=True)
class Judged:
    """Samples, the evidence about them and the verdicts; one entry per picture, in the same order."""

    samples: Sequence[Sample]
    table: Sequence[EvidenceOf]
    verdicts: Sequence[verdict_pb2.Verdict]

    @property
    def log_odds(self) -> Floats:
        """Fused natural log-odds (N,)."""
        return np.array([verdict.log_odds for verdict in self.verdicts])

    @property
    def fake(self) -> Bools:
        """Labels (N,)."""
        return np.array([sample.fake for sample in self.samples], bool)


@dataclass(frozen=True)
class Quality:
    """What one detector is worth on one slice of the pictures. `fakes` and `reals` are those it had an opinion on."""

    fakes: int
    reals: int
    measures: Mapping[str, Estimate]


def detectors(judged: Judged) -> list[str]:
    """Names of the cues that had an opinion, then the fused score."""
    return [*cues_with_findings(judged.table), FUSED]


def opinions(judged: Judged, detector: str) -> Floats:
    """Log-likelihood ratios (N,) of a cue, nan where it abstained; for the fused score log-odds, 0 where nothing was said."""
    if detector == FUSED:
        return judged.log_odds
    return np.array([_ratio(row, detector) for row in judged.table])


def slices(samples: Sequence[Sample]) -> dict[str, NDArray[np.intp]]:
    """Positions by name: all, every source with fakes, and every kind of fake that has several sources."""
    named = {ALL: np.arange(len(samples))} | {name: source_index(samples, name) for name in sources(samples)}
    kinds = Counter(kind for kind, _ in {(sample.kind, sample.source) for sample in samples if sample.fake})
    return named | {f"all {kind}": kind_index(samples, kind) for kind in sorted(kinds) if kinds[kind] > 1}


def quality(judged: Judged) -> dict[str, dict[str, Quality]]:
    """By detector and slice. A cue is measured on the pictures it has an opinion on; the fused score on all."""
    return {name: _detector_quality(judged, opinions(judged, name)) for name in detectors(judged)}


def abstained(judged: Judged) -> dict[str, Estimate]:
    """Share of pictures on which each cue abstained."""
    cues = sorted({evidence.cue for row in judged.table for evidence in row.evidence})
    silent = Counter(e.cue for row in judged.table for e in row.evidence if e.HasField("abstention"))
    return {cue: rate(silent[cue], len(judged.table)) for cue in cues}


def false_alarms(judged: Judged) -> dict[str, dict[str, Estimate]]:
    """Share of real pictures labelled MANIPULATED, and at least SUSPICIOUS, by source."""
    chosen: dict[str, list[verdict_pb2.Verdict]] = {ALL: []}
    for sample, verdict in zip(judged.samples, judged.verdicts, strict=True):
        if not sample.fake:
            chosen.setdefault(sample.source, []).append(verdict)
            chosen[ALL].append(verdict)
    return {name: alarms(verdicts) for name, verdicts in sorted(chosen.items())}


def alarms(verdicts: Sequence[verdict_pb2.Verdict]) -> dict[str, Estimate]:
    """Share of verdicts MANIPULATED, and MANIPULATED or SUSPICIOUS."""
    return {
        "manipulated": rate(sum(verdict.label in _ACCUSED for verdict in verdicts), len(verdicts)),
        "suspicious_or_worse": rate(sum(verdict.label in _SUSPECTED for verdict in verdicts), len(verdicts)),
    }


def labels(judged: Judged) -> dict[str, dict[str, int]]:
    """Number of verdicts by label, for the real pictures and for the fakes of every source."""
    counts: dict[str, Counter[str]] = {}
    for sample, verdict in zip(judged.samples, judged.verdicts, strict=True):
        row = counts.setdefault(f"{sample.source} {'fake' if sample.fake else 'real'}", Counter())
        row[label_name(verdict)] += 1
    return {name: dict(row) for name, row in sorted(counts.items())}


def label_name(verdict: verdict_pb2.Verdict) -> str:
    """A label without its prefix."""
    return verdict_pb2.Label.Name(verdict.label).removeprefix("LABEL_")


def _detector_quality(judged: Judged, values: Floats) -> dict[str, Quality]:
    heard = ~np.isnan(values)
    found = {
        name: _quality(judged.fake[index[heard[index]]], values[index[heard[index]]])
        for name, index in slices(judged.samples).items()
    }
    return {name: entry for name, entry in found.items() if entry.fakes and entry.reals}


def _quality(fake: Bools, values: Floats) -> Quality:
    both = bool(fake.any() and not fake.all())
    known = {name: measure for name, measure in MEASURES.items() if both and not np.isnan(measure(fake, values))}
    measured = {name: bootstrap(measure, fake, values, rounds=_ROUNDS) for name, measure in known.items()}
    return Quality(int(fake.sum()), int((~fake).sum()), measured)


def _ratio(row: EvidenceOf, cue: str) -> float:
    findings = [entry.finding for entry in row.evidence if entry.cue == cue and entry.HasField("finding")]
    return findings[0].log_likelihood_ratio if findings else float("nan")

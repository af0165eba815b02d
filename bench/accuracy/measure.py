"""The numbers of the accuracy benchmark, from verdicts on labelled pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from colab_training.evaluation import calibration_error, source_auc
from colab_training.evidence_table import EvidenceOf
from colab_training.manifest import Sample
from colab_training.metrics import Estimate, Floats, bootstrap, rate
from telltale.fusion.v1 import verdict_pb2

FUSED = "fused"
_ACCUSED = (verdict_pb2.LABEL_MANIPULATED,)
_SUSPECTED = (verdict_pb2.LABEL_MANIPULATED, verdict_pb2.LABEL_SUSPICIOUS)


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


def areas(judged: Judged) -> dict[str, Mapping[str, Estimate]]:
    """AUC by cue and source. A cue is measured on the pictures it has an opinion on; the fused score on all."""
    cues = sorted({evidence.cue for row in judged.table for evidence in row.evidence if evidence.HasField("finding")})
    return {cue: _cue_areas(judged, cue) for cue in cues} | {FUSED: source_auc(judged.samples, judged.log_odds)}


def abstained(judged: Judged) -> dict[str, Estimate]:
    """Share of pictures on which each cue abstained."""
    cues = sorted({evidence.cue for row in judged.table for evidence in row.evidence})
    silent = Counter(e.cue for row in judged.table for e in row.evidence if e.HasField("abstention"))
    return {cue: rate(silent[cue], len(judged.table)) for cue in cues}


def false_alarms(judged: Judged) -> dict[str, dict[str, Estimate]]:
    """Share of real pictures labelled MANIPULATED, and at least SUSPICIOUS, by source."""
    names = sorted({sample.source for sample in judged.samples if not sample.fake})
    chosen: dict[str, list[verdict_pb2.Verdict]] = {name: [] for name in ("all", *names)}
    for sample, verdict in zip(judged.samples, judged.verdicts, strict=True):
        if not sample.fake:
            chosen[sample.source].append(verdict)
            chosen["all"].append(verdict)
    return {name: _alarms(verdicts) for name, verdicts in chosen.items()}


def labels(judged: Judged) -> dict[str, dict[str, int]]:
    """Number of verdicts by label, for the real pictures and for the fakes of every source."""
    counts: dict[str, Counter[str]] = {}
    for sample, verdict in zip(judged.samples, judged.verdicts, strict=True):
        row = counts.setdefault(f"{sample.source} {'fake' if sample.fake else 'real'}", Counter())
        row[label_name(verdict)] += 1
    return {name: dict(row) for name, row in sorted(counts.items())}


def fused_calibration_error(judged: Judged) -> Estimate:
    """Expected calibration error of the fused probability."""
    fake = [sample.fake for sample in judged.samples]
    return bootstrap(calibration_error, fake, judged.log_odds, rounds=300)


def label_name(verdict: verdict_pb2.Verdict) -> str:
    """A label without its prefix."""
    return verdict_pb2.Label.Name(verdict.label).removeprefix("LABEL_")


def _cue_areas(judged: Judged, cue: str) -> Mapping[str, Estimate]:
    found = zip(judged.samples, (_ratio(row, cue) for row in judged.table), strict=True)
    kept = [(sample, ratio) for sample, ratio in found if ratio is not None]
    measured = source_auc([sample for sample, _ in kept], [ratio for _, ratio in kept])
    return {name: estimate for name, estimate in measured.items() if not np.isnan(estimate.value)}


def _ratio(row: EvidenceOf, cue: str) -> float | None:
    findings = [entry.finding for entry in row.evidence if entry.cue == cue and entry.HasField("finding")]
    return findings[0].log_likelihood_ratio if findings else None


def _alarms(verdicts: Sequence[verdict_pb2.Verdict]) -> dict[str, Estimate]:
    return {
        "manipulated": rate(sum(verdict.label in _ACCUSED for verdict in verdicts), len(verdicts)),
        "suspicious_or_worse": rate(sum(verdict.label in _SUSPECTED for verdict in verdicts), len(verdicts)),
    }

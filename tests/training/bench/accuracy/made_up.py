"""Verdicts on pictures that do not exist."""

from __future__ import annotations

from bench.accuracy import measure
from colab_training.evidence_table import EvidenceOf
from colab_training.manifest import Sample
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2


def judged() -> measure.Judged:
    """Ten real and ten fake pictures: `good` is right but silent on two, `bad` sees nothing; one real one is accused."""
    samples = [Sample(f"swap_dfdc/{n}.jpg", n >= 10, "face_swap", "val", str(n)) for n in range(20)]
    table, verdicts = [], []
    for number, sample in enumerate(samples):
        ratio = 1.0 + number / 100 if sample.fake else -1.0
        silent = number in (0, 19)
        abstention = evidence_pb2.Abstention(reason=evidence_pb2.ABSTENTION_REASON_NO_FACE)
        finding = evidence_pb2.Finding(log_likelihood_ratio=ratio, quality=1.0)
        good = evidence_pb2.Evidence(
            cue="good", abstention=abstention if silent else None, finding=None if silent else finding
        )
        bad = evidence_pb2.Evidence(cue="bad", finding=evidence_pb2.Finding(log_likelihood_ratio=0.5))
        table.append(EvidenceOf(evidence=[good, bad]))
        accused = sample.fake or number == 3
        label = verdict_pb2.LABEL_MANIPULATED if accused else verdict_pb2.LABEL_AUTHENTIC
        verdicts.append(verdict_pb2.Verdict(label=label, log_odds=0.0 if silent else ratio))
    return measure.Judged(samples, table, verdicts)

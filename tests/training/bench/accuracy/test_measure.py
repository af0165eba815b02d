"""The numbers of the accuracy benchmark."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from bench.accuracy import measure
from bench.accuracy.report import Report, markdown
from colab_training.evidence_table import EvidenceOf
from colab_training.manifest import Sample
from colab_training.metrics import rate
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


def test_a_cue_is_measured_where_it_has_an_opinion_and_the_fused_score_everywhere() -> None:
    areas = measure.areas(judged())
    assert areas["good"]["all"].items == 18
    assert areas["good"]["all"].value == 1.0
    assert areas["bad"]["all"].value == 0.5
    assert areas[measure.FUSED]["all"].items == 20
    assert areas[measure.FUSED]["swap_dfdc"].value == 0.995


def test_false_alarms_count_real_pictures_only() -> None:
    alarms = measure.false_alarms(judged())
    assert alarms["all"]["manipulated"].value == 0.1
    assert alarms["swap_dfdc"]["suspicious_or_worse"].items == 10


def test_abstentions_are_counted_by_cue() -> None:
    assert measure.abstained(judged())["good"].value == 0.1
    assert measure.abstained(judged())["bad"].value == 0.0


def test_labels_are_counted_by_source_and_class() -> None:
    assert measure.labels(judged())["swap_dfdc real"] == {"AUTHENTIC": 9, "MANIPULATED": 1}


def test_the_report_shows_every_cue_and_the_shortcut_row() -> None:
    measured = judged()
    report = Report(
        models={"fusion": "1.0.0"},
        areas=measure.areas(measured),
        shortcuts={"swap_dfdc": rate(5, 10)},
        abstained=measure.abstained(measured),
        false_alarms=measure.false_alarms(measured),
        calibration_error=measure.fused_calibration_error(measured),
        labels=measure.labels(measured),
        scenes={"INCONCLUSIVE": 70},
    )
    text = markdown(report)
    assert all(f"| {name} |" in text for name in ("good", "bad", "fused", "*size, JPEG and colour alone*"))
    assert "| scenes real | 0 | 0 | 70 | 0 |" in text
    assert report.document()["areas"]["fused"]["all"]["items"] == 20

from __future__ import annotations

from datetime import UTC, datetime

from metadata_svc.cues import exif_consistency
from metadata_svc.unsandboxed import read_facts
from telltale.common.v1 import evidence_pb2
from tests.support.metadata_files import CANON, jpeg, rules

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def examine(data: bytes) -> evidence_pb2.Evidence:
    facts = read_facts(data)
    return exif_consistency.examine(facts, exif_consistency.conflicts(facts, NOW), rules(), NOW)


def test_no_exif_is_nothing_to_read() -> None:
    assert examine(jpeg()).abstention.reason == evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ


def test_exif_without_contradiction_says_nothing() -> None:
    assert examine(jpeg(CANON)).abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE


def test_the_strongest_contradiction_decides_and_the_others_are_counted() -> None:
    evidence = examine(jpeg({"Make": "Canon", "Model": "NIKON D5000", "DateTime": "2020:13:41 10:00:00"}))
    assert evidence.finding.reason.code == "exif_model_of_other_make"
    assert evidence.finding.reason.parameters["conflicts"] == "2"
    assert evidence.finding.log_likelihood_ratio == rules().log_likelihood_ratios["exif_model_of_other_make"]


def test_a_contradiction_without_measured_weight_is_no_finding() -> None:
    evidence = examine(jpeg({"ExifImageWidth": 4000, "ExifImageLength": 3000}))
    assert evidence.abstention.parameters["conflicts"] == "1"

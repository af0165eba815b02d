from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from metadata_svc.cues import provenance
from metadata_svc.facts import Facts
from metadata_svc.reading.c2pa_manifest import absent
from metadata_svc.unsandboxed import read_facts
from telltale.common.v1 import evidence_pb2
from tests.support.metadata_files import jpeg, rules


def facts_with(**changes: Any) -> Facts:
    reading: Any = {**absent(), "present": True, "intact": True, **changes}
    return dataclasses.replace(read_facts(jpeg()), provenance=reading)


def test_absence_is_nothing_to_read_and_never_evidence() -> None:
    evidence = provenance.examine(read_facts(jpeg()), rules())
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"intact": False, "failures": ["assertion.dataHash.mismatch"]}, "provenance_broken"),
        ({"intact": False, "trusted": True, "source_types": ["digitalCapture"]}, "provenance_broken"),
        ({"source_types": ["trainedAlgorithmicMedia"]}, "provenance_declares_synthetic"),
        ({"source_types": ["compositeWithTrainedAlgorithmicMedia"]}, "provenance_declares_composite"),
        ({"ingredient_source_types": ["trainedAlgorithmicMedia"]}, "provenance_declares_composite"),
        (
            {"trusted": True, "source_types": ["digitalCapture"], "actions": ["c2pa.created"]},
            "provenance_trusted_capture",
        ),
    ],
)
def test_a_manifest_says_what_it_says(changes: dict[str, Any], code: str) -> None:
    finding = provenance.examine(facts_with(**changes), rules()).finding
    assert finding.reason.code == code
    assert (finding.log_likelihood_ratio < 0) == (code == "provenance_trusted_capture")


@pytest.mark.parametrize(
    "changes",
    [
        {"source_types": ["digitalCapture"], "actions": ["c2pa.created"]},
        {"trusted": True, "source_types": ["digitalCapture"], "actions": ["c2pa.created", "c2pa.edited"]},
        {"trusted": True},
    ],
)
def test_an_intact_manifest_without_a_trusted_claim_of_capture_says_nothing(changes: dict[str, Any]) -> None:
    evidence = provenance.examine(facts_with(**changes), rules())
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert evidence.abstention.parameters["integrity"] == "intact"

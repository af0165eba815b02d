"""How often we were wrong, as far as we were told."""

from __future__ import annotations

import pytest

from cli.hindsight import Tally, as_json, tally
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2

GENUINE, FAKE = resources_pb2.TRUTH_AUTHENTIC, resources_pb2.TRUTH_MANIPULATED


def said(truth: resources_pb2.Truth.ValueType, label: verdict_pb2.Label.ValueType) -> resources_pb2.Feedback:
    return resources_pb2.Feedback(name="analyses/a/feedback", truth=truth, label=label, risk_score=12.5)


@pytest.mark.parametrize(
    ("truth", "label", "counted"),
    [
        (GENUINE, verdict_pb2.LABEL_AUTHENTIC, "right"),
        (GENUINE, verdict_pb2.LABEL_SUSPICIOUS, "false_alarms"),
        (GENUINE, verdict_pb2.LABEL_MANIPULATED, "false_alarms"),
        (GENUINE, verdict_pb2.LABEL_INCONCLUSIVE, "inconclusive"),
        (FAKE, verdict_pb2.LABEL_AUTHENTIC, "misses"),
        (FAKE, verdict_pb2.LABEL_SUSPICIOUS, "right"),
        (FAKE, verdict_pb2.LABEL_MANIPULATED, "right"),
        (FAKE, verdict_pb2.LABEL_INCONCLUSIVE, "inconclusive"),
    ],
)
def test_a_case_counts_once(
    truth: resources_pb2.Truth.ValueType, label: verdict_pb2.Label.ValueType, counted: str
) -> None:
    counts = tally([said(truth, label)])
    outcomes = {name: getattr(counts, name) for name in ("right", "false_alarms", "misses", "inconclusive")}
    assert outcomes == {**dict.fromkeys(outcomes, 0), counted: 1}
    assert (counts.authentic, counts.manipulated) == ((1, 0) if truth == GENUINE else (0, 1))


def test_nothing_said_counts_nothing() -> None:
    assert tally([]) == Tally(0, 0, 0, 0, 0, 0)


def test_the_document_for_scripts_has_every_case_and_the_counts() -> None:
    document = as_json([said(FAKE, verdict_pb2.LABEL_AUTHENTIC)])
    assert document["counts"]["misses"] == 1
    [case] = document["cases"]
    assert (case["analysis"], case["truth"], case["label"]) == ("analyses/a", "MANIPULATED", "AUTHENTIC")
    assert case["risk_score"] == 12.5

from __future__ import annotations

from fusion_svc.abstentions import abstentions
from fusion_svc.catalogue import english
from telltale.common.v1 import evidence_pb2
from tests.support.fusion import a_finding, an_abstention

EXPECTED = ["alpha", "beta", "gamma"]


def test_an_expected_test_that_never_answered_is_named() -> None:
    found = abstentions([a_finding("alpha", 1.0), a_finding("gamma", 0.0)], EXPECTED, "image", english())
    assert [(entry.cue, entry.abstention.reason) for entry in found] == [
        ("beta", evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE)
    ]
    assert found[0].text == "The service that runs it could not be reached or failed."


def test_a_detector_that_failed_is_told_with_its_error() -> None:
    failed = an_abstention("alpha", evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE, error="UNDECODABLE_MEDIA")
    found = abstentions([failed], ["alpha"], "audio", english())
    assert "could not work on this file (UNDECODABLE_MEDIA)" in found[0].text


def test_a_test_that_gives_its_reason_keeps_it_with_parameters_and_a_sentence() -> None:
    small = an_abstention("alpha", evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL, face_px="31", needed_px="64")
    found = abstentions([small], ["alpha"], "image", english())
    assert found[0].abstention == small.abstention
    assert found[0].text == "The largest face is 31 pixels wide; at least 64 are needed."


def test_abstentions_come_in_order_of_name_and_unexpected_ones_too() -> None:
    silent = [an_abstention(cue, evidence_pb2.ABSTENTION_REASON_NO_FACE) for cue in ("zeta", "aleph")]
    found = abstentions(silent, EXPECTED, "image", english())
    assert [entry.cue for entry in found] == ["aleph", "alpha", "beta", "gamma", "zeta"]


def test_every_reason_has_a_sentence() -> None:
    reasons = [value for value in evidence_pb2.AbstentionReason.values() if value]
    found = abstentions([an_abstention(f"cue_{value}", value) for value in reasons], [], "audio", english())
    assert len({entry.text for entry in found}) == len(reasons)

from __future__ import annotations

import pytest

from fusion_svc.abstentions import abstentions, counted, failed, omissions
from fusion_svc.catalogue import catalogue_for
from telltale.common.v1 import evidence_pb2
from tests.support.fusion import a_finding, an_abstention

ENGLISH = catalogue_for("en")
EXPECTED = ["alpha", "beta", "gamma"]


def test_an_expected_test_that_never_answered_is_named() -> None:
    found = abstentions([a_finding("alpha", 1.0), a_finding("gamma", 0.0)], EXPECTED, "image", ENGLISH)
    assert [(entry.cue, entry.abstention.reason) for entry in found] == [
        ("beta", evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE)
    ]
    assert found[0].text == "The service behind it could not be reached or failed."


def test_a_detector_that_failed_is_told_with_its_error() -> None:
    failed = an_abstention("alpha", evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE, error="UNDECODABLE_MEDIA")
    found = abstentions([failed], ["alpha"], "audio", ENGLISH)
    assert "could not work on this file (no picture or sound could be read)" in found[0].text


def test_a_test_that_gives_its_reason_keeps_it_with_parameters_and_a_sentence() -> None:
    small = an_abstention("alpha", evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL, face_px="31", needed_px="64")
    found = abstentions([small], ["alpha"], "image", ENGLISH)
    assert found[0].abstention == small.abstention
    assert found[0].text == "The largest face is 31 pixels wide; at least 64 are needed."


def test_abstentions_come_in_order_of_name_and_unexpected_ones_too() -> None:
    silent = [an_abstention(cue, evidence_pb2.ABSTENTION_REASON_NO_FACE) for cue in ("zeta", "aleph")]
    found = abstentions(silent, EXPECTED, "image", ENGLISH)
    assert [entry.cue for entry in found] == ["aleph", "alpha", "beta", "gamma", "zeta"]


def test_every_reason_has_a_sentence() -> None:
    reasons = [value for value in evidence_pb2.AbstentionReason.values() if value]
    found = abstentions([an_abstention(f"cue_{value}", value) for value in reasons], [], "audio", ENGLISH)
    assert len({entry.text for entry in found}) == len(reasons)


def test_failures_come_first_and_what_is_commonly_missing_last_and_between_them_what_weighs_most() -> None:
    evidence = [
        an_abstention("alpha", evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ),
        an_abstention("beta", evidence_pb2.ABSTENTION_REASON_NO_FACE),
        an_abstention("gamma", evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED),
        an_abstention("delta", evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED),
    ]
    found = abstentions(evidence, [], "image", ENGLISH)
    told = omissions(found, {"alpha": 9.0, "beta": 0.5, "gamma": 1.0, "delta": 0.1}, "image", ENGLISH)
    assert [(group.reason, group.code) for group in told] == [
        ("deadline_exceeded", "not_examined_failed"),
        ("too_compressed", "not_examined"),
        ("no_face", "not_examined"),
        ("nothing_to_read", "not_examined_common"),
    ]


def test_within_a_reason_the_test_that_weighs_most_comes_first() -> None:
    found = abstentions([], EXPECTED, "image", ENGLISH)
    [told] = omissions(found, {"alpha": 0.1, "beta": 0.2, "gamma": 0.1}, "image", ENGLISH)
    assert told.cues == ("beta", "alpha", "gamma")


def test_a_test_that_weighs_nothing_is_not_missed() -> None:
    found = abstentions([], EXPECTED, "image", ENGLISH)
    assert [entry.cue for entry in counted(found, {"alpha": 0.0, "beta": 1.0})] == ["beta", "gamma"]


@pytest.mark.parametrize(
    ("reason", "ours"),
    [
        (evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED, True),
        (evidence_pb2.ABSTENTION_REASON_MODEL_UNAVAILABLE, True),
        (evidence_pb2.ABSTENTION_REASON_NO_SPEECH, False),
        (evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED, False),
    ],
)
def test_failures_are_told_apart_from_media_that_cannot_be_tested(
    reason: evidence_pb2.AbstentionReason.ValueType, ours: bool
) -> None:
    assert failed(evidence_pb2.Abstention(reason=reason)) is ours

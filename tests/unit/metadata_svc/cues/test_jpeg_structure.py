from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from metadata_svc.cues import jpeg_structure
from metadata_svc.facts import Facts
from metadata_svc.rules import CAMERA, EDITOR, Encoder
from metadata_svc.unsandboxed import read_facts
from telltale.common.v1 import evidence_pb2
from tests.support.metadata_files import CANON, jpeg, png, rules

OWN_TABLES = [[3] * 64, [5] * 64]


def facts_with_own_tables() -> Facts:
    facts = read_facts(jpeg(CANON, qtables=OWN_TABLES))
    facts.reading["marks"].clear()
    return facts


@pytest.mark.parametrize(
    ("options", "code"),
    [({}, "jpeg_camera_reencoded"), ({"progressive": True}, "jpeg_camera_progressive")],
)
def test_a_library_stream_that_names_a_camera_was_saved_again(options: dict[str, Any], code: str) -> None:
    evidence = jpeg_structure.examine(read_facts(jpeg(CANON, **options)), rules())
    assert evidence.finding.reason.code == code
    assert 0 < evidence.finding.log_likelihood_ratio <= 0.5


def test_a_stream_that_names_no_camera_says_nothing() -> None:
    evidence = jpeg_structure.examine(read_facts(jpeg(quality=90)), rules())
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert evidence.abstention.parameters["quality"] == "90"


@pytest.mark.parametrize(
    ("owner", "code"),
    [
        (Encoder("Adobe Photoshop", EDITOR), "jpeg_tables_of_editor"),
        (Encoder("Canon EOS 5D", CAMERA), "jpeg_tables_of_camera"),
    ],
)
def test_known_tables_name_their_owner(owner: Encoder, code: str) -> None:
    facts = facts_with_own_tables()
    assert facts.reading["jpeg"] is not None
    known = dataclasses.replace(rules(), encoders={facts.reading["jpeg"]["tables_fingerprint"]: owner})
    assert jpeg_structure.examine(facts, known).finding.reason.code == code
    assert jpeg_structure.encoder_name(facts, known) == owner.name


def test_unknown_tables_of_their_own_say_nothing() -> None:
    evidence = jpeg_structure.examine(facts_with_own_tables(), rules())
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE


def test_other_types_are_not_applicable() -> None:
    evidence = jpeg_structure.examine(read_facts(png(), "image/png"), rules())
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE

from __future__ import annotations

import pytest

from fusion_svc.catalogue import catalogue_for
from metadata_svc.cues import exif_anomaly
from metadata_svc.cues.exif_traits import TRAITS
from metadata_svc.software import find_traces
from metadata_svc.unsandboxed import read_facts
from telltale.common.v1 import evidence_pb2
from tests.support.metadata_files import CANON, DATA, anomaly, jpeg, needs_data, rules


def examine(data: bytes) -> evidence_pb2.Evidence:
    facts = read_facts(data)
    return exif_anomaly.examine(facts, find_traces(facts, rules()), anomaly())


def test_tags_that_a_script_made_up_speak_weakly_and_name_the_trait() -> None:
    evidence = examine(jpeg({**CANON, "DateTimeOriginal": "2020:05:09 10:00:00"}))
    assert 0 < evidence.finding.log_likelihood_ratio <= 0.5
    assert evidence.finding.reason.code == "exif_anomaly_mandatory_missing"
    assert evidence.finding.reason.parameters["traits"].startswith("mandatory_missing +")
    assert (evidence.model.name, evidence.model.version) == ("exif_anomaly", "1.0.0")


@needs_data
def test_tags_that_a_camera_wrote_speak_weakly_for_it() -> None:
    evidence = examine((DATA / "exif" / "meta_drewnoakes__FujiFilm_FinePix40i.jpg").read_bytes())
    assert -0.3 <= evidence.finding.log_likelihood_ratio < 0
    assert evidence.finding.reason.code == exif_anomaly.USUAL


def test_where_a_program_names_itself_its_habits_do_not_count_again() -> None:
    evidence = examine(jpeg({**CANON, "Software": "GIMP 2.10"}))
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert evidence.abstention.parameters["program"] == "GIMP"


@pytest.mark.parametrize("data", [jpeg(), jpeg({"DateTime": "2020:05:09 10:00:00"})])
def test_without_a_camera_there_is_nothing_to_ask(data: bytes) -> None:
    assert examine(data).abstention.reason == evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ


def test_every_trait_has_a_sentence() -> None:
    codes = {exif_anomaly.USUAL, *(f"exif_anomaly_{trait.__name__}" for trait in TRAITS)}
    assert codes - set(catalogue_for("en").findings) == set()

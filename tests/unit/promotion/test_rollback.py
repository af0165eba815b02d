"""The way back, on a registry in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import NotFound, PromotionRefused
from kit.registry.layout import pointer_key
from kit.sealing.canonical import canonical_json
from promotion.rollback import roll_back
from telltale.model.v1 import registry_pb2
from tests.support.office import FIRST, TWIN, Office, an_office
from tests.support.promotion import ANOMALY


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path)


def test_one_person_goes_back_at_once_with_a_reason(office: Office) -> None:
    office.into(FIRST, "production")
    office.into(TWIN, "production")
    pointer = roll_back(office.desk, ANOMALY, "production", " too eager ", office.town.bob)
    assert (pointer.release.version, pointer.rollback, pointer.reason) == (FIRST, True, "too eager")
    assert office.offered("production") == FIRST


def test_going_back_again_goes_further_back(office: Office) -> None:
    office.into(FIRST, "staging")
    office.into(TWIN, "staging")
    roll_back(office.desk, ANOMALY, "staging", "worse", office.town.ann)
    with pytest.raises(NotFound, match="never offered another exif_anomaly before"):
        roll_back(office.desk, ANOMALY, "staging", "worse", office.town.ann)
    assert roll_back(office.desk, ANOMALY, "staging", "better", office.town.ann, TWIN).release.version == TWIN


def test_what_nobody_follows_is_not_what_one_goes_back_from(office: Office) -> None:
    office.into(FIRST, "staging")
    office.into(TWIN, "staging")
    strange = registry_pb2.Pointer(channel="staging", sequence=3, release=office.releases[1])
    strange.made.FromDatetime(office.town.clock.now())
    record = registry_pb2.PointerRecord(pointer=strange, signature=office.town.eve.sign(canonical_json(strange)))
    office.town.files.content[pointer_key("staging", ANOMALY, 3)] = canonical_json(record)
    assert roll_back(office.desk, ANOMALY, "staging", "eve was here", office.town.ann).release.version == TWIN
    assert office.offered("staging") == TWIN


def test_nobody_goes_back_without_a_reason_or_to_where_nobody_was(office: Office) -> None:
    office.into(FIRST, "staging")
    for why, error in ((" ", PromotionRefused), ("worse", NotFound)):
        with pytest.raises(error):
            roll_back(office.desk, ANOMALY, "staging", why, office.town.ann)
    with pytest.raises(PromotionRefused, match="already"):
        roll_back(office.desk, ANOMALY, "staging", "worse", office.town.ann, FIRST)
    with pytest.raises(NotFound, match="never offered a model"):
        roll_back(office.desk, ANOMALY, "production", "worse", office.town.ann)

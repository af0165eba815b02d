"""The flow on a registry in memory; judging is canned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kit.errors import ChannelChanged, InvalidSettings, ModelInvalid, PromotionRefused
from promotion.promote import Trial, promote
from promotion.report import passed, read_report
from tests.support.office import BLIND, FIRST, TWIN, Office, a_trial, an_office
from tests.support.promotion import ANOMALY, policy


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path)


def test_dev_takes_what_a_trusted_key_names_without_gates(office: Office) -> None:
    outcome = promote(office.desk, ANOMALY, FIRST, "dev", None, office.town.bob)
    assert outcome.report is None
    assert office.offered("dev") == FIRST


def test_staging_takes_what_passes_with_ones_own_approval(office: Office) -> None:
    outcome = office.promote(FIRST, "staging")
    assert outcome.pointer is not None
    assert [record.signature.key_id for record in outcome.pointer.approvals] == [office.town.ann.key_id]
    written = read_report(office.town.store, outcome.report_sha256)
    assert passed(written)
    assert [gate.name for gate in written.gates] == [
        "accuracy", "calibration", "false_positive_rate", "speed", "memory", "parity", "card", "licence",
    ]  # fmt: skip


def test_production_waits_for_a_second_person(office: Office) -> None:
    outcome = office.promote(FIRST, "production")
    assert (outcome.pointer, outcome.missing, office.offered("production")) == (None, 1, "")
    done = office.approve(FIRST, "production", office.town.bob)
    assert done.pointer is not None
    assert len(done.pointer.approvals) == 2
    assert office.offered("production") == FIRST


def test_a_stranger_can_neither_promote_nor_approve(office: Office) -> None:
    with pytest.raises(InvalidSettings, match="nobody here trusts the key"):
        office.promote(FIRST, "dev", office.town.eve)
    office.promote(FIRST, "production")
    with pytest.raises(InvalidSettings, match="nobody here trusts the key"):
        office.approve(FIRST, "production", office.town.eve)


def test_what_is_worse_is_refused_and_its_report_kept(office: Office) -> None:
    office.into(FIRST, "production")
    outcome = office.promote(BLIND, "production")
    assert (outcome.pointer, outcome.missing) == (None, 0)
    assert not read_report(office.town.store, outcome.report_sha256).gates[0].passed
    with pytest.raises(PromotionRefused, match="nobody has promoted"):
        office.approve(BLIND, "production", office.town.bob)


def test_its_equal_twin_passes(office: Office) -> None:
    office.into(FIRST, "staging")
    office.into(TWIN, "staging")
    assert office.offered("staging") == TWIN


def test_a_policy_of_ones_own_says_in_the_report_what_it_changes(office: Office) -> None:
    outcome = office.promote(FIRST, "production", policy=policy(margin=0.5, data_licences=["*"]))
    assert outcome.report is not None
    assert outcome.report.policy_changes[0] == "margin is 0.5, shipped is 0.01"
    assert outcome.report.policy_changes[-1].startswith(
        "data_licences has * besides the shipped ones, and lacks *CC BY 4.0"
    )


def test_whoever_promotes_again_is_told_who_has_to_approve(office: Office) -> None:
    office.promote(FIRST, "production")
    with pytest.raises(PromotionRefused, match="waits for somebody else"):
        office.promote(FIRST, "production")
    with pytest.raises(PromotionRefused, match="waits for you"):
        office.promote(FIRST, "production", office.town.bob)
    office.town.clock.advance(60)
    assert office.promote(FIRST, "production", again=True).missing == 1


def test_what_is_offered_already_is_not_promoted(office: Office) -> None:
    office.into(FIRST, "staging")
    with pytest.raises(PromotionRefused, match=r"offers exif_anomaly@2\.0\.0 .* already"):
        office.promote(FIRST, "staging")


def test_gates_need_labelled_files(office: Office) -> None:
    with pytest.raises(PromotionRefused, match="--golden"):
        promote(office.desk, ANOMALY, FIRST, "staging", None, office.town.ann)


def test_what_is_not_published_cannot_be_promoted(office: Office) -> None:
    with pytest.raises(ModelInvalid, match="is not published"):
        office.promote("9.9.9", "dev")


def test_who_is_second_is_told_and_can_run_the_gates_against_what_won(office: Office) -> None:
    def while_judging(then: Callable[[], None]) -> Trial:
        return a_trial(told=lambda done, of: then() if done == of else None)

    late = while_judging(lambda: office.into(FIRST, "staging"))
    with pytest.raises(ChannelChanged, match=r"was first: staging offers exif_anomaly@2\.0\.0"):
        promote(office.desk, ANOMALY, TWIN, "staging", late, office.town.bob)
    assert office.promote(TWIN, "staging", office.town.bob).pointer is not None

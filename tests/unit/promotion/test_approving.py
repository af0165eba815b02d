"""Whose word counts, and for what; judging is canned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kit.errors import ChannelChanged, PromotionRefused
from kit.models.registry import Registry
from kit.registry.approvals import approve as approve_in
from kit.registry.layout import report_key
from kit.registry.publish import publish
from promotion.approving import require_plea
from promotion.report import write_report
from telltale.model.v1 import registry_pb2
from tests.support.office import BLIND, FIRST, TWIN, Office, an_office
from tests.support.promotion import ANOMALY, ROOT


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path)


def test_one_person_cannot_approve_twice(office: Office) -> None:
    office.promote(FIRST, "production")
    with pytest.raises(PromotionRefused, match="does not count twice"):
        office.approve(FIRST, "production", office.town.ann)
    assert office.offered("production") == ""


def test_an_approval_of_a_report_that_refuses_counts_for_nothing(office: Office) -> None:
    office.into(FIRST, "production")
    outcome, release = office.promote(BLIND, "production"), office.releases[2]
    approval = registry_pb2.Approval(
        release=release, channel="production", report_sha256=outcome.report_sha256, live_sequence=1
    )
    approve_in(office.town.store, approval, office.town.ann, office.town.clock.now())
    with pytest.raises(PromotionRefused, match="the gates refuse"):
        office.approve(BLIND, "production", office.town.bob)


def forged(office: Office, change: Callable[[registry_pb2.GateReport], None]) -> None:
    """A report that Ann changed and approved, with none of our commands, against what production offers now."""
    outcome = office.promote(TWIN, "production")
    assert outcome.report is not None
    change(outcome.report)
    office.town.clock.advance(60)
    sha256 = write_report(office.town.store, outcome.report, office.town.clock.now())
    live = office.desk.channels.current("production", ANOMALY)
    approval = registry_pb2.Approval(
        release=office.releases[1],
        channel="production",
        report_sha256=sha256,
        live_sequence=live.sequence if live else 0,
    )
    approve_in(office.town.store, approval, office.town.ann, office.town.clock.now())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda report: report.ClearField("live"),
            r"compares with nothing, and production offers exif_anomaly@2\.0\.0",
        ),
        (lambda report: report.gates.pop(0), "lacks gates: accuracy; run them again"),
    ],
)
def test_a_report_of_something_else_or_of_less_cannot_be_approved(
    office: Office, change: Callable[[registry_pb2.GateReport], None], problem: str
) -> None:
    office.into(FIRST, "production")
    forged(office, change)
    with pytest.raises(PromotionRefused, match=problem):
        office.approve(TWIN, "production", office.town.bob)


def test_a_report_made_beside_other_models_than_are_offered_now_cannot_be_approved(office: Office) -> None:
    office.promote(FIRST, "production")
    folder = ROOT / "models" / "metadata_rules" / Registry(ROOT / "models").versions("metadata_rules")[-1]
    rules = publish(office.town.store, folder, office.town.ann, office.town.clock)
    office.town.offer(rules, "production")
    with pytest.raises(ChannelChanged, match="offers other models beside"):
        office.approve(FIRST, "production", office.town.bob)
    office.town.clock.advance(60)
    again = office.promote(FIRST, "production", again=True)
    assert again.report is not None
    assert list(again.report.beside) == [rules]
    assert office.approve(FIRST, "production", office.town.bob).pointer is not None


def test_a_report_that_was_changed_is_noticed(office: Office) -> None:
    outcome = office.promote(FIRST, "production")
    office.town.files.content[report_key(outcome.report_sha256)] = b"{}"
    with pytest.raises(Exception, match="was changed after it was written"):
        office.approve(FIRST, "production", office.town.bob)


def test_an_approval_against_what_is_not_live_any_more_does_not_count(office: Office) -> None:
    office.promote(TWIN, "production")
    office.into(FIRST, "production")
    with pytest.raises(ChannelChanged, match="promote it again"):
        office.approve(TWIN, "production", office.town.bob)


def test_who_was_cut_off_after_approving_goes_on_where_it_was(office: Office) -> None:
    office.promote(FIRST, "production")
    plea = require_plea(office.desk, office.releases[0], "production")
    approval = next(iter(plea.approvals.values())).approval
    approve_in(office.town.store, approval, office.town.bob, office.town.clock.now())
    assert office.promote(FIRST, "production", office.town.bob).pointer is not None
    assert office.offered("production") == FIRST


def test_the_newest_of_several_reports_is_the_one_to_approve(office: Office) -> None:
    office.promote(FIRST, "production")
    office.town.clock.advance(60)
    second = office.promote(FIRST, "production", again=True)
    assert require_plea(office.desk, office.releases[0], "production").report_sha256 == second.report_sha256

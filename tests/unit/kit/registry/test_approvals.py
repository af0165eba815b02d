from __future__ import annotations

import pytest

from kit.errors import ModelInvalid, PromotionRefused
from kit.registry.approvals import approvals
from kit.registry.layout import approval_key
from tests.support.registry import REPORT, Town


def test_approvals_are_kept_with_what_they_are_of(town: Town) -> None:
    first, second = town.published("1.0.0"), town.published("1.1.0")
    given = [town.approval(key, first, "production") for key in (town.ann, town.bob)]
    town.approval(town.ann, second, "production")
    town.approval(town.ann, first, "staging")
    found = approvals(town.store, "production", first)
    assert sorted(record.signature.key_id for record in found) == sorted(record.signature.key_id for record in given)
    assert all(record in given for record in found)


def test_nobody_approves_one_report_twice(town: Town) -> None:
    release = town.published()
    town.approval(town.ann, release, "staging")
    town.clock.advance(1)
    with pytest.raises(PromotionRefused, match="has approved this report for staging already"):
        town.approval(town.ann, release, "staging")
    town.approval(town.ann, release, "staging", report="e" * 64)


def test_what_is_not_named_like_an_approval_is_none(town: Town) -> None:
    release = town.published()
    given = town.approval(town.ann, release, "staging")
    place = approval_key("staging", release, REPORT, town.ann.key_id).removesuffix(".json")
    for key in (f"{place}.txt", f"{place}/x.json", f"{place[:-1]}.json"):
        town.files.content[key] = b"x"
    assert list(approvals(town.store, "staging", release)) == [given]


def test_what_is_no_approval_is_told(town: Town) -> None:
    release = town.published()
    town.files.content[approval_key("staging", release, REPORT, town.eve.key_id)] = b"{}"
    with pytest.raises(ModelInvalid, match=f"{town.eve.key_id}"):
        approvals(town.store, "staging", release)

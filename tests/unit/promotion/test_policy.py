from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit.errors import InvalidSettings
from kit.models.registry import Registry
from promotion.policy import read_policy
from tests.support.promotion import ROOT, policy


def test_the_shipped_policy_allows_what_is_shipped() -> None:
    registry, shipped = Registry(ROOT / "models"), read_policy()
    cards = [registry.load(name).card for name in registry.names()]
    assert [card.name for card in cards if not shipped.allows_weights(card.licence)] == []
    terms = {entry.licence for card in cards for entry in card.training_data}
    assert [each for each in terms if not shipped.allows_data(each)] == []


@pytest.mark.parametrize("terms", ["", "unknown", "all rights reserved", "GPL-3.0"])
def test_other_terms_are_not_on_the_lists(terms: str) -> None:
    assert not read_policy().allows_weights(terms)
    assert not read_policy().allows_data(terms)


def test_a_licence_matches_whole_and_without_regard_to_case() -> None:
    bounds = policy(weights_licences=["mit*"])
    assert bounds.allows_weights("MIT (Silero team)")
    assert not bounds.allows_weights("not MIT")


def test_policies_are_told_apart_by_their_digest(tmp_path: Path) -> None:
    assert policy(margin=0.02).sha256 != policy().sha256
    (tmp_path / "same.json").write_text(json.dumps(read_policy().model_dump()), encoding="utf-8")
    assert read_policy(tmp_path / "same.json").sha256 == read_policy().sha256


def test_a_wrong_policy_names_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(read_policy().model_dump() | {"margin": 2, "extra": 1}), encoding="utf-8")
    with pytest.raises(InvalidSettings, match=r"margin.*extra"):
        read_policy(path)
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_policy(tmp_path / "nothing.json")

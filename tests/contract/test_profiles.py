"""Profiles differ in data only, and hold nothing that nobody may read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cli.profile.groups import groups
from gateway.settings import GatewaySettings
from kit.media.settings import DetectorSettings
from kit.models.registry import Registry
from kit.profiles import FOLDER, GROUPS, Profile, read_profile, shipped
from kit.settings import PROFILE_VARIABLE, load
from tests.support.imports import ROOT, source_files
from tools.profiles import NAMES, PAGE, page_with_table

_NAMED = ast.Name | ast.Attribute
PROFILES = [read_profile(name) for name in NAMES]


def test_the_shipped_profiles_are_these() -> None:
    assert shipped() == sorted(NAMES)


def test_profiles_have_the_same_keys() -> None:
    keys = [{group: set(table) for group, table in profile.tables.items()} for profile in PROFILES]
    assert keys[0] == keys[1] == keys[2]


def test_profiles_have_a_table_for_every_group_of_settings() -> None:
    assert set(GROUPS) == set(groups()) == set(PROFILES[0].tables)


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_valid_for_every_group_of_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, name)
    for group, settings_type in groups().items():
        settings = load(settings_type, complete=False)
        told = {key: getattr(settings, key) for key in read_profile(name).table(group)}
        assert told == dict(read_profile(name).table(group))


@pytest.mark.parametrize("name", NAMES)
def test_detectors_take_what_the_gateway_takes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, name)
    longest = load(GatewaySettings, complete=False).max_media_bytes
    detectors = [kind for kind in groups().values() if issubclass(kind, DetectorSettings)]
    assert len(detectors) == 3
    assert all(load(kind, complete=False).max_bytes >= longest for kind in detectors)
    assert read_profile(name).table("envoy")["max_body_bytes"] > longest


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_holds_neither_addresses_nor_secrets(name: str) -> None:
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in lines if re.search(r"://|@|password|secret|token|-----BEGIN", line)] == []


def test_only_staging_and_production_require_stores_and_certificates() -> None:
    dev, staging, production = (set(required(profile)) for profile in PROFILES)
    assert dev == set()
    assert (
        staging == production == {(group, key) for group, table in PROFILES[0].tables.items() for key in rules(table)}
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_offers_only_variants_whose_card_shows_no_loss(name: str) -> None:
    named = {pair for table in read_profile(name).tables.values() for pair in table.get("model_versions", {}).items()}
    for model, version in named:
        card = Registry(ROOT / "models").load(model, version).card
        rows = {row.metric: row for row in card.metrics}
        assert card.variant_of
        assert rows["auc_difference"].low > -0.005
        assert rows["ece_difference"].high < 0.01
        assert rows["speed_ratio"].low > 1.1


def test_the_laptop_has_a_small_variant() -> None:
    assert read_profile("dev").table("image")["model_versions"] != {}
    assert read_profile("production").table("image")["model_versions"] == {}


def test_no_code_asks_which_profile_it_runs_under() -> None:
    assert [place for path in source_files() if is_ours(path) for place in questions(path)] == []


def test_a_question_about_the_profile_would_be_found(tmp_path: Path) -> None:
    asking = tmp_path / "asking.py"
    asking.write_text(
        'if profile == "production":\n    pass\nif profile.stem in ("dev", "x"):\n    pass\nCHANNELS = {"staging": 1}\n'
    )
    assert len(list(questions(asking))) == 2


def test_the_page_has_the_profiles_as_they_are() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page_with_table(text) == text, "run: python -m tools.profiles"


def rules(table: Mapping[str, object]) -> list[str]:
    return [key for key in table if key.startswith("require_")]


def required(profile: Profile) -> Iterator[tuple[str, str]]:
    for group, table in profile.tables.items():
        yield from ((group, key) for key in rules(table) if table[key] not in (False, "any"))


def is_ours(path: Path) -> bool:
    return path.relative_to(ROOT).parts[0] not in {"tests", "bench", "tools"}


def questions(path: Path) -> Iterator[str]:
    """Comparisons of anything called a profile or an environment with a name of one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare | ast.Match):
            parts = list(ast.walk(node))
            words = {part.value for part in parts if isinstance(part, ast.Constant)}
            asked = [part.id if isinstance(part, ast.Name) else part.attr for part in parts if isinstance(part, _NAMED)]
            if words & set(NAMES) and any(re.search("profile|environment", name.lower()) for name in asked):
                yield f"{path}:{node.lineno}"

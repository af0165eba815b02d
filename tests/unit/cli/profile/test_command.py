from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from kit.settings import PROFILE_VARIABLE


@pytest.fixture(autouse=True)
def no_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, "")


def show(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["profile", "show", *arguments])


def test_settings_are_shown_with_their_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_ENVOY_PORT", "8443")
    result = show("dev", "--of", "envoy")
    lines = {tuple(line.split(maxsplit=2)) for line in result.stdout.splitlines()}
    assert result.exit_code == 0
    assert {("TELLTALE_ENVOY_PORT", "environment", "8443"), ("TELLTALE_ENVOY_REQUESTS_PER_S", "profile", "20")} <= lines
    assert ("TELLTALE_ENVOY_HOST", "default", "127.0.0.1") in lines


def test_what_nobody_has_set_can_be_left_out() -> None:
    result = show("dev", "--of", "envoy", "--changed")
    assert "profile" in result.stdout
    assert "default" not in result.stdout


def test_what_would_keep_a_process_from_starting_is_told_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_GATEWAY_DATABASE_URL", "sqlite+aiosqlite:///secret@place")
    result = show("production", "--of", "gateway")
    assert result.exit_code == 1
    assert "TELLTALE_GATEWAY_DATABASE_URL, which begins with postgresql+psycopg://" in result.stderr
    assert "place" not in result.stderr


def test_the_environments_profile_is_shown_when_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, "dev")
    assert show("--of", "stack").exit_code == 0
    assert "TELLTALE_MTLS" in show("--of", "stack", "--changed").stdout


def test_an_unknown_profile_is_one_sentence() -> None:
    result = show("prod")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: no profile 'prod'")

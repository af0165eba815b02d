from __future__ import annotations

import os

import pytest
from pydantic import Field

from kit.errors import InvalidSettings
from kit.settings import ServerSettings, Settings, load, settings_config, tell_libraries


class ThingSettings(ServerSettings):
    model_config = settings_config("TELLTALE_THING_")

    queue_wait_ms: int = Field(default=5, ge=0, description="Milliseconds.")
    api_secret: int = Field(default=0, description="A secret number.")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_THING_QUEUE_WAIT_MS", "7")
    assert load(ThingSettings).queue_wait_ms == 7


def test_all_wrong_settings_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_THING_QUEUE_WAIT_MS", "soon")
    monkeypatch.setenv("TELLTALE_THING_PORT", "99999")
    with pytest.raises(InvalidSettings) as caught:
        load(ThingSettings)
    assert "TELLTALE_THING_QUEUE_WAIT_MS" in str(caught.value)
    assert "TELLTALE_THING_PORT" in str(caught.value)


def test_a_misspelt_setting_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_THING_PROT", "1")
    with pytest.raises(InvalidSettings, match="TELLTALE_THING_PROT: no such setting"):
        load(ThingSettings)


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_THING_API_SECRET", "hunter2")
    with pytest.raises(InvalidSettings) as caught:
        load(ThingSettings)
    assert "hunter2" not in str(caught.value)


def test_every_setting_of_a_server_is_documented() -> None:
    assert [name for name, field in ServerSettings.model_fields.items() if not field.description] == []


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        ThingSettings().port = 1  # type: ignore[misc] - the point of the test


def test_the_shared_prefix_leaves_the_services_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_THING_PORT", "1")
    assert isinstance(load(Settings), Settings)


def test_libraries_are_told_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_LIBRARY_TEST", "before")
    tell_libraries({"TELLTALE_LIBRARY_TEST": "after"})
    assert os.environ["TELLTALE_LIBRARY_TEST"] == "after"

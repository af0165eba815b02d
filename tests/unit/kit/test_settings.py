from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import Field

from kit.errors import InvalidSettings
from kit.settings import (
    PROFILE_VARIABLE,
    ServerSettings,
    Settings,
    group_of,
    load,
    settings_config,
    tell_libraries,
    use_profile,
)


class ThingSettings(ServerSettings):
    model_config = settings_config("TELLTALE_THING_")

    queue_wait_ms: int = Field(default=5, ge=0, description="Milliseconds.")
    api_secret: int = Field(default=0, description="A secret number.")
    versions: dict[str, str] = Field(default={}, description="By name.")


Write = Callable[[str], Path]


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a profile and makes it the one of this process."""

    def write(text: str) -> Path:
        file = tmp_path / "own.toml"
        file.write_text(text)
        monkeypatch.setenv(PROFILE_VARIABLE, str(file))
        return file

    return write


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


def test_a_profile_gives_what_the_environment_does_not(profile: Write) -> None:
    profile("[thing]\nqueue_wait_ms = 9\n")
    assert load(ThingSettings).queue_wait_ms == 9


def test_the_environment_wins_over_the_profile(profile: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    profile("[thing]\nqueue_wait_ms = 9\nport = 7\n")
    monkeypatch.setenv("TELLTALE_THING_QUEUE_WAIT_MS", "3")
    settings = load(ThingSettings)
    assert (settings.queue_wait_ms, settings.port) == (3, 7)


def test_the_environment_replaces_a_whole_table_of_the_profile(profile: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    profile('[thing]\nversions = { a = "1", b = "2" }\n')
    monkeypatch.setenv("TELLTALE_THING_VERSIONS", '{"b": "3"}')
    assert load(ThingSettings).versions == {"b": "3"}


def test_an_unknown_key_of_a_profile_is_named_with_its_file(profile: Write) -> None:
    file = profile("[thing]\nqueue_wait = 9\n")
    with pytest.raises(InvalidSettings) as caught:
        load(ThingSettings)
    assert f"{file}, [thing] queue_wait: no such setting" in str(caught.value)


@pytest.mark.parametrize("line", ['queue_wait_ms = "9"', "queue_wait_ms = -1", "host = 4", "drain_s = true"])
def test_a_wrong_value_of_a_profile_is_named_with_its_file(profile: Write, line: str) -> None:
    file = profile(f"[thing]\n{line}\n")
    with pytest.raises(InvalidSettings) as caught:
        load(ThingSettings)
    assert f"{file}, [thing] {line.split()[0]}: " in str(caught.value)


def test_paths_and_lists_of_a_profile_are_taken(profile: Write) -> None:
    profile('[thing]\ntls_key = "own.pem"\ntls_client_names = ["a"]\ndrain_s = 3\n')
    settings = load(ThingSettings)
    assert (settings.tls_key, settings.tls_client_names, settings.drain_s) == (Path("own.pem"), ("a",), 3.0)


def test_a_table_that_nobody_reads_is_an_error(profile: Write) -> None:
    profile("[tihng]\nport = 1\n")
    with pytest.raises(InvalidSettings, match="no such table: tihng"):
        load(ThingSettings)


def test_tables_of_others_are_left_to_them(profile: Write) -> None:
    profile("[image]\nno_such_thing = 1\n")
    assert load(ThingSettings).queue_wait_ms == 5


def test_a_process_does_not_start_without_what_its_settings_require(profile: Write) -> None:
    profile("[thing]\nrequire_mtls = true\n")
    with pytest.raises(
        InvalidSettings, match="require_mtls is on, so the environment must give TELLTALE_THING_TLS_CERT"
    ):
        load(ThingSettings)
    assert load(ThingSettings, complete=False).require_mtls


def test_settings_that_require_nothing_miss_nothing() -> None:
    assert ThingSettings().unmet() == []
    assert len(ThingSettings(require_mtls=True).unmet()) == 1


def test_a_profile_is_for_this_process_and_its_children(profile: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    file = profile("[thing]\nport = 6\n")
    monkeypatch.setenv(PROFILE_VARIABLE, "")
    with pytest.raises(InvalidSettings, match="no such table: thing"):
        use_profile(str(file))
    file.write_text("[stack]\nmtls = true\n")
    use_profile(str(file))
    assert os.environ[PROFILE_VARIABLE] == str(file)


def test_groups_are_named_by_their_prefix() -> None:
    assert (group_of(ThingSettings), group_of(Settings)) == ("thing", "stack")

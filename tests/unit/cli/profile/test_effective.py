from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from cli.profile.effective import MASK, Effective, effective
from kit.profiles import NO_PROFILE, Profile
from kit.settings import Settings, settings_config


class DoorSettings(Settings):
    model_config = settings_config("TELLTALE_DOOR_")

    url: str = Field(default="", description="URL.")
    width_px: int = Field(default=3, description="Pixels.")
    pin: SecretStr | None = Field(default=None, description="Secret.")
    api_token: str = Field(default="", description="Secret, too.")
    tls_key: Path | None = Field(default=None, description="A file.")


def shown(profile: Profile = NO_PROFILE) -> dict[str, Effective]:
    return {entry.name: entry for entry in effective(DoorSettings, profile)}


def test_a_value_is_told_with_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_DOOR_URL", "s3://door")
    told = shown(Profile(Path("own.toml"), {"door": {"url": "s3://other", "width_px": 5}}))
    assert told["url"] == Effective("url", "TELLTALE_DOOR_URL", "s3://door", "environment")
    assert (told["width_px"].value, told["width_px"].origin) == ("5", "profile")
    assert (told["tls_key"].value, told["tls_key"].origin) == ("-", "default")


@pytest.mark.parametrize("name", ["PIN", "API_TOKEN"])
def test_secrets_are_masked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TELLTALE_DOOR_{name}", "hunter2")
    assert shown()[name.lower()].value == MASK


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("postgresql+psycopg://me:hunter2@db/telltale", f"postgresql+psycopg://{MASK}@db/telltale"),
        ("redis://:hunt@er/2@db:6379", f"redis://{MASK}@db:6379"),
        ("postgresql://db/x?sslmode=require&password=hunter2", f"postgresql://db/x?sslmode=require&password={MASK}"),
        ("s3://bucket/folder", "s3://bucket/folder"),
    ],
)
def test_secrets_inside_urls_are_masked(url: str, masked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_DOOR_URL", url)
    assert shown()["url"].value == masked


def test_files_of_keys_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_DOOR_TLS_KEY", "/etc/key.pem")
    assert shown()["tls_key"].value == "/etc/key.pem"


def test_a_wrong_value_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_DOOR_WIDTH_PX", "wide")
    assert shown()["width_px"].value == "wide"

"""Names that clients give never become names of files."""

from __future__ import annotations

from pathlib import Path

from tests.support.gateway import refusal, running_gateway

NAMES = [
    "../../etc/passwd",
    "..\\..\\windows\\system32\\config",
    "/etc/passwd",
    "C:\\CON",
    "CON",
    ".partial",
    "a" * 200,
    "gpj.\u202eexe",
    "new\r\nline",
    "nul\0.jpg",
    "~root/.ssh/authorized_keys",
    "%2e%2e%2f",
    "photo.jpg|rm -rf /",
    "",
]


async def test_names_of_clients_never_reach_a_path(tmp_path: Path) -> None:
    async with running_gateway(tmp_path / "state") as world:
        media = [await world.upload(display_name=name) for name in NAMES]
        keys = world.blobs.keys()
        assert {f"media/{key}" for key in keys} == {each.name for each in media}
        assert all(key.isalnum() and key.isascii() for key in keys)
        shown = "".join(each.display_name for each in media)
        assert not any(mark in shown for mark in ("/", "\\", "\0", "\r", "\n", "\u202e"))
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    assert {path.name for path in (tmp_path / "state" / "media").iterdir()} == set(keys)


async def test_a_name_of_4000_characters_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path / "state") as world:
        assert (await refusal(world.upload(display_name="x" * 4_000))).reason_name() == "INVALID_REQUEST"
        assert world.blobs.keys() == []

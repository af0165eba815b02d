from __future__ import annotations

from pathlib import Path

import pytest

from telltale_client.channel import TOKEN_VARIABLE, Options, door_to
from telltale_client.errors import InvalidArgument


@pytest.mark.parametrize(
    ("address", "target", "tls"),
    [
        ("https://telltale.example", "telltale.example:443", True),
        ("https://telltale.example:8443/", "telltale.example:8443", True),
        ("telltale.example:8443", "telltale.example:8443", True),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", False),
        ("127.0.0.1:50051", "127.0.0.1:50051", False),
        ("localhost", "localhost:80", False),
        ("http://[::1]:8080", "[::1]:8080", False),
    ],
)
def test_an_address_says_where_and_how(address: str, target: str, tls: bool) -> None:
    door = door_to(address, {})
    assert (door.target, door.tls) == (target, tls)


@pytest.mark.parametrize(
    "address", ["", "ftp://x", "http://", "http://x/v1/media", "https://x:port", "https://x:99999"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(InvalidArgument):
        door_to(address, {"allow_plaintext": True})


def test_a_token_goes_unencrypted_to_another_machine_only_when_told() -> None:
    with pytest.raises(InvalidArgument, match="unencrypted"):
        door_to("http://telltale.example", {})
    assert not door_to("http://telltale.example", {"allow_plaintext": True}).tls


def test_a_certificate_needs_its_key() -> None:
    with pytest.raises(InvalidArgument, match="belong together"):
        door_to("https://x", {"certificate_file": "a.pem"})


@pytest.mark.parametrize("name", ["ca_file", "certificate_file", "key_file"])
def test_an_empty_file_is_refused_and_does_not_end_the_process(tmp_path: Path, name: str) -> None:
    files: Options = {"certificate_file": tmp_path / "tls.crt", "key_file": tmp_path / "tls.key"}
    for content in ("tls.crt", "tls.key"):
        (tmp_path / content).write_bytes(b"-----BEGIN")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(InvalidArgument, match="empty is empty"):
        door_to("https://x", files | {name: tmp_path / "empty"}).channel()  # type: ignore[arg-type]  # one of its own names


def test_a_token_comes_from_the_argument_then_a_file_then_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "tt_environment")
    (tmp_path / "token").write_text("tt_file\n")
    file: Options = {"token_file": tmp_path / "token"}
    assert bearer(file | {"token": "tt_argument"}) == "Bearer tt_argument"
    assert bearer(file) == "Bearer tt_file"
    assert bearer({}) == "Bearer tt_environment"


def test_a_rotated_token_counts_from_the_next_call(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("tt_old")
    door = door_to("localhost", {"token_file": tmp_path / "token"})
    (tmp_path / "token").write_text("tt_new")
    assert dict(door.metadata()[1])["authorization"] == "Bearer tt_new"


def test_without_a_token_none_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    assert "authorization" not in dict(door_to("localhost", {}).metadata()[1])


def test_every_call_says_who_calls_and_has_an_id_of_its_own() -> None:
    door = door_to("localhost", {"token": "tt_x"})
    (first, headers), (second, _) = door.metadata(), door.metadata()
    assert first != second
    assert dict(headers)["x-request-id"] == first
    assert dict(headers)["x-telltale-client"].startswith("telltale-client/")


def test_a_token_is_not_printed() -> None:
    assert "tt_secret" not in repr(door_to("localhost", {"token": "tt_secret"}))


def bearer(options: Options) -> str:
    return dict(door_to("localhost", options).metadata()[1])["authorization"]

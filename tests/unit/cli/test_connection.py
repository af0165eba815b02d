from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from cli.connection import Connection, connect
from cli.settings import CliSettings
from cli.stack.state import Endpoints, StateFolder
from kit.errors import InvalidSettings, MissingToken
from kit.rpc.credentials import ClientTls


def silent(_sentence: str) -> None:
    raise AssertionError("nothing is started, so there is nothing to say")


async def connected(settings: CliSettings) -> Connection:
    async with connect(settings, silent) as connection:
        return connection


@pytest.mark.parametrize(
    ("url", "target", "tls"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080", False),
        ("127.0.0.1:50051", "127.0.0.1:50051", False),
        ("https://telltale.example", "telltale.example:443", True),
        ("http://telltale.example/", "telltale.example:80", False),
        ("http://[::1]:8080", "[::1]:8080", False),
    ],
)
async def test_a_named_stack_is_used(tmp_path: Path, url: str, target: str, tls: bool) -> None:
    settings = CliSettings(state=tmp_path, url=url, token=SecretStr("tt_given"))
    assert await connected(settings) == Connection(target, "tt_given", tls)


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://x/v1/media"])
async def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidSettings, match="no address of a stack"):
        await connected(CliSettings(state=tmp_path, url=url, token=SecretStr("tt_given")))


async def test_a_port_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="no such port"):
        await connected(CliSettings(state=tmp_path, url="http://x:99999", token=SecretStr("tt_given")))


async def test_the_stack_of_the_state_folder_is_used_with_its_token(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    with state.owned(Endpoints(pid=1, url="", grpc="127.0.0.1:1234")):
        state.keep_token("tt_kept")
        assert await connected(CliSettings(state=tmp_path)) == Connection("127.0.0.1:1234", "tt_kept")


async def test_a_stack_with_certificates_is_shown_the_one_of_the_command(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    with state.owned(Endpoints(pid=1, url="", grpc="localhost:1234", certificates="/papers")):
        state.keep_token("tt_kept")
        papers = ClientTls(Path("/papers/ca.pem"), Path("/papers/cli.pem"), Path("/papers/cli.pem"))
        assert await connected(CliSettings(state=tmp_path)) == Connection("localhost:1234", "tt_kept", True, papers)


async def test_a_named_stack_is_shown_the_certificate_of_the_settings(tmp_path: Path) -> None:
    papers = ClientTls(tmp_path / "ca", tmp_path / "c", tmp_path / "k")
    settings = CliSettings(state=tmp_path, url="https://telltale.example", token=SecretStr("tt_given")).changed(
        tls_ca=papers.ca, tls_certificate=papers.certificate, tls_key=papers.key
    )
    assert (await connected(settings)).papers == papers


async def test_a_given_token_wins_over_the_kept_one(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    with state.owned(Endpoints(pid=1, url="", grpc="127.0.0.1:1234")):
        state.keep_token("tt_kept")
        assert (await connected(CliSettings(state=tmp_path, token=SecretStr("tt_given")))).token == "tt_given"


async def test_a_stack_without_a_token_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(MissingToken, match="TELLTALE_TOKEN"):
        await connected(CliSettings(state=tmp_path, url="http://127.0.0.1:1"))

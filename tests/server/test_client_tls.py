"""The client on encrypted ways: whom it trusts, and by what it shows who it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from telltale.gateway.v1 import analysis_service_pb2_grpc
from telltale_client import AsyncClient, Client, Retry, TelltaleError, Unavailable
from tests.support.certificates import Office
from tests.support.moody_gateway import MoodyGateway

ONCE = Retry(attempts=1)
NAME = "analyses/" + "a" * 26


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    """A server that wants to see a certificate of the office."""
    pem, authority = office.certificate("localhost").read_bytes(), office.ca.read_bytes()
    server = grpc.server(ThreadPoolExecutor(2))
    analysis_service_pb2_grpc.add_AnalysisServiceServicer_to_server(MoodyGateway(), server)  # type: ignore[no-untyped-call]  # generated
    credentials = grpc.ssl_server_credentials([(pem, pem)], authority, require_client_auth=True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    yield f"https://localhost:{port}"
    server.stop(None).wait()


def test_with_its_certificate_a_client_is_let_in(address: str, office: Office) -> None:
    mine = office.certificate("client")
    client = Client(address, ca_file=office.ca, certificate_file=mine, key_file=mine, token="tt_x")
    with client, pytest.raises(TelltaleError) as answered:
        client.get_analysis(NAME)
    assert answered.value.code == "UNIMPLEMENTED"  # which is the server's answer: the way to it is open


def test_the_same_goes_for_asyncio(address: str, office: Office) -> None:
    mine = office.certificate("client")

    async def call() -> None:
        async with AsyncClient(address, ca_file=office.ca, certificate_file=mine, key_file=mine) as client:
            await client.get_analysis(NAME)

    with pytest.raises(TelltaleError) as answered:
        asyncio.run(call())
    assert answered.value.code == "UNIMPLEMENTED"


def test_without_a_certificate_it_is_not(address: str, office: Office) -> None:
    with Client(address, ca_file=office.ca, token="tt_x", retry=ONCE) as client, pytest.raises(Unavailable):
        client.get_analysis(NAME)


def test_a_server_of_another_authority_is_not_trusted(address: str, tmp_path: Path) -> None:
    stranger = Office(tmp_path / "stranger")
    with Client(address, ca_file=stranger.ca, token="tt_x", retry=ONCE) as client, pytest.raises(Unavailable):
        client.get_analysis(NAME)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Client("https://localhost", ca_file=tmp_path / "nowhere.pem")

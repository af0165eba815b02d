"""Certificates of the edge: what it shows to clients and to the gateway, replaced while it runs."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.envoy.render import render
from gateway.envoy.settings import EnvoySettings
from kit.errors import InvalidSettings
from tests.support.certificates import Office
from tests.support.edge import call, envoy, fake_gateway
from tests.support.gateway import World, running_gateway

_PATIENCE_S = 10.0


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "certificates")


def to_gateway(office: Office, **changes: Any) -> dict[str, Any]:
    """Settings of an Envoy that shows the gateway who it is."""
    client = office.certificate("envoy")
    shown = {"gateway_ca": office.ca, "gateway_certificate": client, "gateway_key": client, "gateway_name": "gateway"}
    return shown | changes


async def status(port: int, world: World) -> int:
    return (await asyncio.to_thread(call, port, "GET", "/v1/media", None, dict(world.headers))).status


async def test_the_edge_and_the_gateway_know_each_other(tmp_path: Path, office: Office) -> None:
    async with running_gateway(tmp_path / "gateway", **office.server("gateway", "envoy")) as world:
        with envoy(tmp_path, world.port, **to_gateway(office)) as port:
            assert await status(port, world) == 200


async def test_the_edge_asks_no_other_service_than_the_gateway(tmp_path: Path, office: Office) -> None:
    async with running_gateway(tmp_path / "gateway", **office.server("image-svc")) as world:
        with envoy(tmp_path, world.port, **to_gateway(office)) as port:
            assert await status(port, world) == 503


async def test_the_edge_shows_a_new_certificate_to_the_gateway_without_a_restart(
    tmp_path: Path, office: Office
) -> None:
    async with running_gateway(tmp_path / "gateway", **office.server("gateway", "envoy")) as world:
        settings = to_gateway(office)
        office.certificate("envoy", expired=True)
        with envoy(tmp_path, world.port, **settings) as port:
            assert await status(port, world) == 503
            office.certificate("envoy")
            deadline_s = time.monotonic() + _PATIENCE_S
            while await status(port, world) != 200:
                assert time.monotonic() < deadline_s


def test_the_edge_shows_a_new_certificate_to_clients_without_a_restart(tmp_path: Path, office: Office) -> None:
    file = office.certificate("localhost")
    with fake_gateway() as (gateway_port, _), envoy(tmp_path, gateway_port, tls_certificate=file, tls_key=file) as port:
        before = _shown(port)
        office.certificate("localhost")
        _until(lambda: _shown(port) != before)


def test_the_edge_reads_what_a_cluster_puts_into_a_secret_without_a_restart(tmp_path: Path, office: Office) -> None:
    """A kubelet never touches the files: they are links through `..data`, which it turns to another folder."""
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    (mounted / "tls.pem").symlink_to("..data/tls.pem")
    _mount(mounted, "first", office.certificate("localhost").read_bytes())
    file = mounted / "tls.pem"
    with fake_gateway() as (gateway_port, _), envoy(tmp_path, gateway_port, tls_certificate=file, tls_key=file) as port:
        before = _shown(port)
        _mount(mounted, "second", office.certificate("localhost").read_bytes())
        _until(lambda: _shown(port) != before)


@pytest.mark.parametrize(
    "settings",
    [
        {"gateway_certificate": Path("c.pem")},
        {"gateway_certificate": Path("c.pem"), "gateway_key": Path("k.pem")},
    ],
)
def test_half_of_tls_to_the_gateway_is_a_clear_error(settings: dict[str, Path]) -> None:
    with pytest.raises(InvalidSettings, match="TELLTALE_ENVOY_GATEWAY_"):
        render(EnvoySettings.model_validate(settings))


def _mount(folder: Path, version: str, content: bytes) -> None:
    (folder / version).mkdir()
    (folder / version / "tls.pem").write_bytes(content)
    (folder / "..data_tmp").symlink_to(version)
    (folder / "..data_tmp").rename(folder / "..data")


def _shown(port: int) -> str:
    return ssl.get_server_certificate(("127.0.0.1", port), timeout=10)


def _until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)

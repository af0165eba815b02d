from __future__ import annotations

from pathlib import Path

import pytest

from cli.settings import CliSettings
from cli.stack.plan import endpoints, on_free_ports, plan

SETTINGS = CliSettings(state=Path("/state"), models=Path("/models"))
DETECTORS = {"image_svc", "temporal_svc", "av_sync_svc", "metadata_svc", "fusion_svc"}


def test_a_stack_is_five_services_a_gateway_and_an_edge() -> None:
    assert {process.name for process in plan(SETTINGS, edge=True)} == DETECTORS | {"gateway", "envoy"}
    assert {process.name for process in plan(SETTINGS, edge=False)} == DETECTORS | {"gateway"}


def test_the_gateway_is_told_where_every_service_listens() -> None:
    processes = {process.name: process.environment for process in plan(on_free_ports(SETTINGS), edge=False)}
    gateway = processes.pop("gateway")
    targets = {value for name, value in gateway.items() if name.endswith("_TARGET")}
    ports = {value for each in processes.values() for name, value in each.items() if name.endswith("_PORT")}
    assert targets == {f"127.0.0.1:{port}" for port in ports}
    assert len(ports) == len(DETECTORS)


def test_the_detector_of_sound_reads_its_own_settings() -> None:
    [av_sync] = [process for process in plan(SETTINGS, edge=False) if process.name == "av_sync_svc"]
    assert av_sync.environment == {
        "TELLTALE_AV_SYNC_HOST": "127.0.0.1",
        "TELLTALE_AV_SYNC_PORT": "50063",
        "TELLTALE_AV_SYNC_MODELS": "/models",
    }


def test_every_process_is_told_where_its_traces_go() -> None:
    processes = plan(SETTINGS.changed(otlp_endpoint="http://127.0.0.1:4317", trace_share=0.5), edge=True)
    for process in processes:
        prefix = f"TELLTALE_{process.name.removesuffix('_svc').upper()}_"
        told = (process.environment[f"{prefix}OTLP_ENDPOINT"], process.environment[f"{prefix}TRACE_SHARE"])
        assert told == ("http://127.0.0.1:4317", "0.5"), process.name


@pytest.mark.parametrize(
    ("host", "near"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("10.0.0.7", "10.0.0.7")],
)
def test_a_stack_is_reached_from_here_whatever_it_listens_on(host: str, near: str) -> None:
    assert endpoints(SETTINGS.changed(host=host), 1, edge=True).url == f"http://{near}:8080"


@pytest.mark.parametrize(("host", "any_name"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True)])
def test_names_that_nobody_here_can_know_are_ours_only_where_others_may_call(host: str, any_name: bool) -> None:
    [envoy] = [process for process in plan(SETTINGS.changed(host=host), edge=True) if process.name == "envoy"]
    assert ("TELLTALE_ENVOY_PUBLIC_HOSTS" in envoy.environment) == any_name

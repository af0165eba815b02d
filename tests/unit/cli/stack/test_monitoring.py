from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from cli.settings import CliSettings
from cli.stack.monitoring import configuration_file, prepare, require_free_metrics_ports
from cli.stack.plan import on_free_ports, plan
from kit.errors import InvalidSettings

WATCHED = CliSettings(state=Path("/state"), models=Path("/models"), monitoring=True, metrics_port=12_000)
PROCESSES = ["image_svc", "temporal_svc", "av_sync_svc", "metadata_svc", "fusion_svc", "gateway", "envoy", "drift"]


def test_every_process_of_a_watched_stack_has_a_port_for_its_metrics() -> None:
    told = {
        spec.name: int(value)
        for spec in plan(WATCHED, edge=True)
        for name, value in spec.environment.items()
        if name.endswith("_METRICS_PORT")
    }
    assert told == {name: 12_000 + number for number, name in enumerate(PROCESSES)}


def test_the_gateway_writes_the_log_that_the_monitor_reads() -> None:
    environments = {spec.name: spec.environment for spec in plan(WATCHED, edge=True)}
    logs = {
        environments["gateway"]["TELLTALE_GATEWAY_PREDICTION_LOG"],
        environments["drift"]["TELLTALE_DRIFT_PREDICTION_LOG"],
    }
    assert logs == {"/state/predictions"}


def test_a_stack_that_is_not_watched_is_as_before() -> None:
    for settings in (WATCHED.changed(monitoring=False), on_free_ports(WATCHED)):
        specs = plan(settings, edge=True)
        assert not {spec.name for spec in specs} & {"drift", "prometheus"}
        assert not [name for spec in specs for name in spec.environment if "METRICS" in name or "PREDICTION" in name]


def test_prometheus_is_told_where_every_process_is(tmp_path: Path) -> None:
    settings = WATCHED.changed(state=tmp_path)
    prepare(settings)
    jobs = json.loads(configuration_file(settings).read_text())["scrape_configs"]
    assert {job["static_configs"][0]["targets"][0] for job in jobs} == {f"127.0.0.1:{12_000 + n}" for n in range(8)}
    assert (tmp_path / "predictions").is_dir()


def test_a_port_that_is_taken_is_said_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings = WATCHED.changed(metrics_port=taken.getsockname()[1])
        with pytest.raises(InvalidSettings, match="wanted for the metrics of image_svc"):
            require_free_metrics_ports(settings)
        require_free_metrics_ports(settings.changed(monitoring=False))

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from canary.queries import HASH_LABEL
from cli.settings import CliSettings
from cli.stack.monitoring import configuration_file, prepare, require_free_metrics_ports, require_golden
from cli.stack.plan import on_free_ports, plan
from kit.errors import InvalidSettings, TelltaleError

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
    assert {address for job in jobs for address in read_at(job)} == {f"127.0.0.1:{12_000 + n}" for n in range(8)}
    assert (tmp_path / "predictions").is_dir()


def read_at(job: dict[str, Any]) -> dict[str, str]:
    """The label for the version of each address that Prometheus reads."""
    [file] = job["file_sd_configs"][0]["files"]
    groups = json.loads(Path(file).read_text())
    return {address: group["labels"].get(HASH_LABEL, "") for group in groups for address in group["targets"]}


def test_prometheus_follows_a_canary_and_its_promotion(tmp_path: Path) -> None:
    settings = WATCHED.changed(state=tmp_path)
    targets = prepare(settings)
    [job] = [
        each
        for each in json.loads(configuration_file(settings).read_text())["scrape_configs"]
        if each["job_name"] == "fusion-svc"
    ]
    old, new = "127.0.0.1:12004", "127.0.0.1:13000"
    assert read_at(job) == {old: "stable"}
    targets.moved("fusion_svc", "canary", new)
    assert read_at(job) == {old: "stable", new: "canary"}
    targets.moved("fusion_svc", "stable", new)
    targets.moved("fusion_svc", "canary", "")
    assert read_at(job) == {new: "stable"}
    prepare(settings)
    assert read_at(job) == {old: "stable"}


def golden_set(folder: Path) -> Path:
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"a")
    (folder / "golden.csv").write_text("file,label,kind,source\na.jpg,real,image,here\n")
    return folder


def test_a_golden_set_is_judged_by_a_job_that_prometheus_reads(tmp_path: Path) -> None:
    settings = WATCHED.changed(state=tmp_path, golden=golden_set(tmp_path / "golden"))
    require_golden(settings)
    [job] = [spec for spec in plan(settings, edge=True) if spec.name == "golden"]
    assert job.environment["TELLTALE_GOLDEN_METRICS_PORT"] == "12008"
    assert job.environment["TELLTALE_GOLDEN_TOKEN_FILE"] == str(tmp_path / "token")
    prepare(settings)
    jobs = json.loads(configuration_file(settings).read_text())["scrape_configs"]
    assert [read_at(each) for each in jobs if each["job_name"] == "golden-monitor"] == [{"127.0.0.1:12008": ""}]
    assert "golden" not in {spec.name for spec in plan(on_free_ports(settings), edge=True)}


def test_a_golden_set_that_nobody_would_judge_or_that_is_none_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="--monitoring"):
        require_golden(WATCHED.changed(monitoring=False, golden=golden_set(tmp_path / "golden")))
    with pytest.raises(TelltaleError, match=r"golden\.csv"):
        require_golden(WATCHED.changed(golden=tmp_path))


def test_a_port_that_is_taken_is_said_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings = WATCHED.changed(metrics_port=taken.getsockname()[1])
        with pytest.raises(InvalidSettings, match="wanted for the metrics of image_svc"):
            require_free_metrics_ports(settings)
        require_free_metrics_ports(settings.changed(monitoring=False))

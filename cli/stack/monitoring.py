"""A stack that is watched: a port for the metrics of every process, a Prometheus that reads them, a log of all predictions."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cli.settings import CliSettings
from cli.stack.ports import require_free
from cli.stack.probes import HttpAnswers
from cli.stack.process import ProcessSpec
from cli.stack.state import StateFolder
from cli.stack.targets import Targets
from cli.stack.transport import Transport
from kit.errors import InvalidSettings
from monitoring.prometheus import configuration
from promotion.golden import read_golden

_LOOPBACK: Final = "127.0.0.1"
_STOP_STAGE: Final = 2
_JOBS: Final = {
    "image_svc": "image-svc",
    "temporal_svc": "temporal-svc",
    "av_sync_svc": "av-sync-svc",
    "metadata_svc": "metadata-svc",
    "fusion_svc": "fusion-svc",
    "gateway": "gateway",
    "envoy": "envoy",
    "drift": "drift-monitor",
    "golden": "golden-monitor",
}
"""Prometheus' names for the processes, in the order of their ports."""
MISSING: Final = (
    "prometheus is not installed, so nobody reads the metrics (on Debian: apt-get install prometheus); each process tells "
    "its own at the ports that are named in {}"
)


def require_free_metrics_ports(settings: CliSettings) -> None:
    """Raises InvalidSettings for the first port of the monitoring that is taken; looks at none without it."""
    if settings.monitoring:
        for process, port in _ports(settings).items():
            require_free(_LOOPBACK, port, f"the metrics of {process}", "--metrics-port")
        require_free(_LOOPBACK, settings.prometheus_port, "Prometheus", "--prometheus-port")


def metrics_of(settings: CliSettings, process: str) -> dict[str, str]:
    """Settings of a process whose metrics can be read; none without monitoring."""
    return {"METRICS_PORT": str(_ports(settings)[process])} if settings.monitoring else {}


def log_of(settings: CliSettings) -> dict[str, str]:
    """Settings of who writes, or reads, the prediction log; none without monitoring."""
    return {"PREDICTION_LOG": str(_log(settings))} if settings.monitoring else {}


def monitors(settings: CliSettings, transport: Transport) -> list[ProcessSpec]:
    """The processes that watch the others; none without monitoring, no Prometheus where it is not installed."""
    if not settings.monitoring:
        return []
    drift = ProcessSpec(
        "drift",
        (sys.executable, "-m", "monitoring.drift"),
        HttpAnswers(_LOOPBACK, _ports(settings)["drift"], "/metrics"),
        {f"TELLTALE_DRIFT_{name}": value for name, value in (log_of(settings) | metrics_of(settings, "drift")).items()},
        _STOP_STAGE,
    )
    golden = [_golden(settings, settings.golden, transport)] if settings.golden else []
    program = shutil.which("prometheus")
    return [drift, *golden, *([_prometheus(settings, program)] if program else [])]


def prometheus_url(settings: CliSettings) -> str:
    """Where Prometheus will be reached; empty without monitoring, or where it is not installed."""
    installed = settings.monitoring and shutil.which("prometheus")
    return f"http://{_LOOPBACK}:{settings.prometheus_port}" if installed else ""


def require_golden(settings: CliSettings) -> None:
    """Raises InvalidSettings: there is a golden set and no monitoring, or none where the setting says."""
    if settings.golden is None:
        return
    if not settings.monitoring:
        raise InvalidSettings("--golden is judged by the monitoring; add --monitoring, or leave --golden out")
    read_golden(settings.golden)


def prepare(settings: CliSettings) -> Targets:
    """Makes the folders and writes what Prometheus reads at its start; nothing without monitoring."""
    if not settings.monitoring:
        return Targets(None, _JOBS)
    folder = configuration_file(settings).parent
    for own in (_log(settings), folder):
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
    targets = Targets(folder, _JOBS)
    for process, port in _ports(settings).items():
        if process.endswith("_svc"):
            targets.moved(process, "stable", f"{_LOOPBACK}:{port}")
        else:
            targets.alone(process, f"{_LOOPBACK}:{port}")
    configuration_file(settings).write_text(
        configuration([_JOBS[process] for process in _ports(settings)], folder), encoding="utf-8"
    )
    return targets


def configuration_file(settings: CliSettings) -> Path:
    """prometheus.yml of the stack."""
    return settings.state.absolute() / "prometheus" / "prometheus.yml"


def _golden(settings: CliSettings, folder: Path, transport: Transport) -> ProcessSpec:
    environment = {
        "FOLDER": str(folder.absolute()),
        "TOKEN_FILE": str(StateFolder(settings.state.absolute()).token_file),
        **transport.client_of_gateway(settings.grpc_port),
        **metrics_of(settings, "golden"),
    }
    return ProcessSpec(
        "golden",
        (sys.executable, "-m", "monitoring.golden"),
        HttpAnswers(_LOOPBACK, _ports(settings)["golden"], "/metrics"),
        {f"TELLTALE_GOLDEN_{name}": value for name, value in environment.items()},
        # Before the gateway that it asks.
        stop_stage=0,
    )


def _prometheus(settings: CliSettings, program: str) -> ProcessSpec:
    command = (
        program,
        f"--config.file={configuration_file(settings)}",
        f"--storage.tsdb.path={configuration_file(settings).with_name('data')}",
        f"--web.listen-address={_LOOPBACK}:{settings.prometheus_port}",
        "--log.level=warn",
    )
    return ProcessSpec(
        "prometheus",
        command,
        HttpAnswers(_LOOPBACK, settings.prometheus_port, "/-/ready"),
        stop_stage=_STOP_STAGE,
    )


def _ports(settings: CliSettings) -> Mapping[str, int]:
    ports = {process: settings.metrics_port + number for number, process in enumerate(_JOBS)}
    return {process: port for process, port in ports.items() if process != "golden" or settings.golden}


def _log(settings: CliSettings) -> Path:
    return settings.state.absolute() / "predictions"

"""What the image of each service holds, made by the script that the Dockerfile runs: each service starts from that alone."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from kit.settings import Settings, prefix_of
from tests.support.imports import ROOT, SERVICES
from tests.support.manifests import Manifest, container_of, of_kind, rendered
from tests.support.pods import PROGRAMS, program_of

READY_S = 120.0
# Training, what installs packages, and what only tests need.
NOT_THERE = (
    "torch",
    "ultralytics",
    "matplotlib",
    "sklearn",
    "pip",
    "setuptools",
    "pytest",
    "colab_training",
    "tests",
    "cli",
)
IMAGES = {"gateway.worker": "gateway", "gateway.envoy": "envoy", "monitoring.drift": "drift_monitor"}


@pytest.fixture(scope="session")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The files of each image, made when they are first asked for."""

    class Roots(dict[str, Path]):
        def __missing__(self, image: str) -> Path:
            self[image] = tmp_path_factory.mktemp("images") / image
            subprocess.run(["tools/image_root.sh", sys.executable, image, str(self[image])], cwd=ROOT, check=True)
            return self[image]

    return Roots()


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_a_service_starts_from_what_its_image_holds(program: str, roots: Mapping[str, Path], tmp_path: Path) -> None:
    root, container = roots[IMAGES.get(program, program)], container_of(deployment(program))
    with running(program, root, tmp_path) as process:
        assert answers(process, container), "it is not ready"
        assert memory_mib(process.pid) <= mib(container["resources"]["requests"]["memory"])
    assert process.returncode in (0, -15), "it did not end in order"


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_an_image_holds_its_own_service_alone(program: str, roots: Mapping[str, Path]) -> None:
    own = {"monitoring.drift": "monitoring"}.get(program, program.partition(".")[0])
    others = {*SERVICES, "monitoring"} - {own}
    code = "import importlib.util as u, json, sys; print(json.dumps([n for n in sys.argv[1:] if u.find_spec(n)]))"
    root = roots[IMAGES.get(program, program)]
    command = [root / "venv/bin/python", "-c", code, *NOT_THERE, *sorted(others), own, "kit"]
    found = subprocess.run(command, cwd=root, env={}, capture_output=True, check=True, text=True).stdout
    assert json.loads(found) == [own, "kit"]
    assert sorted(path.name for path in root.iterdir()) == ["models", "venv"]


@contextmanager
def running(program: str, root: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program alone, with what a container gives it but for addresses of its own."""
    process = subprocess.Popen(
        [root / "venv/bin/python", "-m", program], cwd=root, env=variables(PROGRAMS[program], folder)
    )
    try:
        yield process
        process.terminate()
        process.wait(30)
    finally:
        process.kill()
        process.wait()


def variables(settings: type[Settings], folder: Path) -> dict[str, str]:
    """What every program of ours knows of these."""
    wanted = {
        "port": free_port("grpc"),
        "health_port": free_port("health"),
        "metrics_port": free_port("metrics"),
        "drain_s": "0",
        "state_dir": folder / "state",
        "folder": folder / "envoy",
        "prediction_log": folder,
    }
    own = {key: value for key, value in wanted.items() if key in settings.model_fields}
    path = {"PATH": os.environ["PATH"], "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return path | {prefix_of(settings) + key.upper(): str(value) for key, value in own.items()}


def answers(process: subprocess.Popen[bytes], container: Manifest) -> bool:
    """Whether it comes to be ready, as the cluster would ask it."""
    end = time.monotonic() + READY_S
    while time.monotonic() < end and process.poll() is None:
        if is_ready(container["readinessProbe"]):
            return True
        time.sleep(0.2)
    return False


def is_ready(probe: Manifest) -> bool:
    try:
        if "tcpSocket" in probe:
            socket.create_connection(("127.0.0.1", free_port("grpc")), 1).close()
            return True
        if "httpGet" in probe:
            address = f"http://127.0.0.1:{free_port('metrics')}{probe['httpGet']['path']}"
            return int(urllib.request.urlopen(address, timeout=5).status) == 200
        with grpc.insecure_channel(f"127.0.0.1:{free_port('health')}") as channel:
            request = health_pb2.HealthCheckRequest(service=probe["grpc"].get("service", ""))
            told = health_pb2_grpc.HealthStub(channel).Check(request, timeout=5).status
            return bool(told == health_pb2.HealthCheckResponse.SERVING)
    except (OSError, grpc.RpcError):
        return False


@cache
def free_port(_purpose: str) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def deployment(program: str) -> Manifest:
    (found,) = (each for each in of_kind(rendered("production"), "Deployment") if program_of(each) == program)
    return found


def memory_mib(pid: int) -> float:
    """What a process and its children hold that nobody else does, as a container is charged, and the files that they share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    held = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return held + sum(memory_mib(int(child)) for child in children)


def mib(quantity: str) -> float:
    assert quantity.endswith("Mi")
    return float(quantity.removesuffix("Mi"))

"""A service in a process of its own whose models operators change."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grpc_health.v1 import health_pb2, health_pb2_grpc

from kit.rpc.channel import open_channel
from kit.settings import child_environment

_START_S = 60.0


@dataclass(frozen=True)
class RunningService:
    """Where it listens, and who it is."""

    target: str
    pid: int

    def rss_mib(self) -> float:
        """Memory that it holds now."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@contextmanager
def running(package: str, prefix: str, settings: dict[str, str], log: Path) -> Iterator[RunningService]:
    """`python -m package` on a free port, warm; stopped at the end. Its log goes to a file."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    variables = {f"{prefix}{name.upper()}": value for name, value in {**settings, "port": str(port)}.items()}
    with log.open("wb") as file, subprocess.Popen(
        [sys.executable, "-m", package], stderr=file, env=child_environment(variables)
    ) as process:  # fmt: skip
        try:
            target = f"127.0.0.1:{port}"
            _wait(target, process)
            yield RunningService(target, process.pid)
        finally:
            process.terminate()


def _wait(target: str, process: subprocess.Popen[bytes]) -> None:
    deadline_s = time.monotonic() + _START_S
    with open_channel(target) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        while time.monotonic() < deadline_s and process.poll() is None:
            request = health_pb2.HealthCheckRequest()
            if (
                stub.Check(request, wait_for_ready=True, timeout=_START_S).status
                == health_pb2.HealthCheckResponse.SERVING
            ):
                return
            time.sleep(0.1)
    raise RuntimeError("the service did not start; its log says why")

"""A Redis of a test's own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.stack.ports import free_ports


@dataclass(frozen=True)
class Redis:
    """A running server. `url` is what `rate_storage_url` wants."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Takes it away; all that it has counted goes with it."""
        self.process.kill()
        self.process.wait(10)


@contextmanager
def running_redis(folder: Path) -> Iterator[Redis]:
    """On a free port of this machine, keeping nothing. Skips the test where there is none installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed (Debian package redis-server)")
    [port] = free_ports(1)
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    redis = Redis(f"async+redis://127.0.0.1:{port}", process)
    try:
        _wait_for(port, process)
        yield redis
    finally:
        redis.stop()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline_s = time.monotonic() + 10
    while time.monotonic() < deadline_s and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("redis-server does not listen")

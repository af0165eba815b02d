"""Detectors in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kit.settings import child_environment

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Running:
    """A service that serves at 127.0.0.1:`port`."""

    pid: int
    port: int


@contextmanager
def running(package: str) -> Iterator[Running]:
    """`python -m package` on a free port until the context ends. Raises RuntimeError: it did not start."""
    prefix = f"TELLTALE_{package.removesuffix('_svc').upper()}_"
    process = subprocess.Popen(
        [sys.executable, "-m", package],
        cwd=_ROOT,
        env=child_environment({f"{prefix}PORT": "0", f"{prefix}DRAIN_S": "0"}),
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Running(process.pid, _port(package, process))
        finally:
            process.terminate()


def _port(package: str, process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("{") and json.loads(line)["event"] == "serving":
            # Whoever logs into a pipe that nobody empties stands still one day.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return int(json.loads(line)["port"])
    raise RuntimeError(f"{package} did not start")

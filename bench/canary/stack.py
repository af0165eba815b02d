"""A stack that hears of canaries, as users run it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

from bench.overhead.rest import PORTS
from cli.stack.ports import free_ports
from cli.stack.state import StateFolder
from kit.settings import child_environment


@dataclass(frozen=True)
class CanaryStack:
    """A running `telltale up --canaries`."""

    state: StateFolder
    models: Path

    @property
    def door(self) -> str:
        """Where image_svc is called, host:port."""
        where = self.state.running()
        assert where is not None
        return where.doors["image_svc"]

    @property
    def log(self) -> Path:
        """What the canary of image_svc writes."""
        return self.state.logs / "image_svc-canary.log"


@contextmanager
def running(models: Path, state: Path) -> Iterator[CanaryStack]:
    """Everything on free ports; stopped at the end."""
    ports = [word for pair in zip(PORTS, map(str, free_ports(len(PORTS))), strict=True) for word in pair]
    command = [sys.executable, "-m", "cli", "up", "--canaries", "--state", str(state), "--models", str(models), *ports]
    process = Popen(command, stdout=PIPE, text=True, env=child_environment({"OMP_NUM_THREADS": "1"}))
    try:
        if process.stdout is None or not any("Ctrl-C" in line for line in process.stdout):
            raise RuntimeError("the stack did not start; its message is above")
        yield CanaryStack(StateFolder(state), models)
    finally:
        process.terminate()
        process.communicate(timeout=120)

"""Services in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kit.settings import child_environment
from tests.support.imports import ROOT

_READY_S = 60
_KEPT_LINES = 500


@dataclass(frozen=True)
class DetectorProcess:
    """A service that serves."""

    pid: int
    port: int
    said: deque[str]

    @property
    def target(self) -> str:
        """Its address."""
        return f"127.0.0.1:{self.port}"

    def stacks(self) -> str:
        """The end of its log, with where each of its threads is now, for who waits for it in vain."""
        os.kill(self.pid, signal.SIGUSR1)
        time.sleep(1)
        return "".join(self.said)


@contextmanager
def detectors(settings: Mapping[str, Mapping[str, str | Path]]) -> Iterator[dict[str, DetectorProcess]]:
    """Runs services by name of their package, e.g. "image_svc", until the context ends; they start beside each other.

    Settings are named as the service's variables, without their prefix.
    """
    with ExitStack() as stack:
        started = {package: stack.enter_context(_process(package, settings[package])) for package in settings}
        for process in started.values():
            stack.callback(process.terminate)  # all of them, before anybody waits for one
        yield {package: _served(process) for package, process in started.items()}


@contextmanager
def _process(package: str, settings: Mapping[str, str | Path]) -> Iterator[subprocess.Popen[str]]:
    prefix = f"TELLTALE_{package.removesuffix('_svc').upper()}_"
    variables = {prefix + name.upper(): str(value) for name, value in {"port": "0", "drain_s": "0", **settings}.items()}
    with subprocess.Popen(
        [sys.executable, "-m", package], cwd=ROOT, env=child_environment(variables), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _served(process: subprocess.Popen[str]) -> DetectorProcess:
    assert process.stderr is not None
    lines: list[str] = []
    watchdog = threading.Timer(_READY_S, process.kill)
    watchdog.start()
    for line in process.stderr:
        lines.append(line)
        if line.startswith("{") and json.loads(line)["event"] == "serving":
            watchdog.cancel()
            said: deque[str] = deque(maxlen=_KEPT_LINES)
            # Whoever logs into a pipe that nobody empties stands still one day.
            threading.Thread(target=said.extend, args=(process.stderr,), daemon=True).start()
            return DetectorProcess(process.pid, int(json.loads(line)["port"]), said)
    watchdog.cancel()
    raise AssertionError("".join(lines))

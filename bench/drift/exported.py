"""The monitor as it is deployed: a process whose metrics are read."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Final

from cli.stack.ports import free_ports
from kit.settings import child_environment

_ALARM: Final = re.compile(r"^telltale_drift_alarm\{.*\} 1\.0$", re.MULTILINE)
_LOOKED: Final = "telltale_drift_last_run_timestamp_seconds "
_PATIENCE_S: Final = 60.0


def alarms_of(log: Path, reference: Path) -> int:
    """How many of its alarms are raised over a log. Raises RuntimeError when it has not looked within a minute."""
    (port,) = free_ports(1)
    settings = {
        "PREDICTION_LOG": str(log),
        "REFERENCE": str(reference),
        "METRICS_PORT": str(port),
        "LOG_LEVEL": "ERROR",
    }
    variables = child_environment({f"TELLTALE_DRIFT_{name}": value for name, value in settings.items()})
    process = subprocess.Popen([sys.executable, "-m", "monitoring.drift"], env=variables)
    try:
        return len(_ALARM.findall(_metrics(f"http://127.0.0.1:{port}/metrics")))
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE_S)


def _metrics(url: str) -> str:
    ends_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < ends_s:
        try:
            with urllib.request.urlopen(url, timeout=_PATIENCE_S) as answer:  # noqa: S310  # our own address
                text: str = answer.read().decode()
            if _LOOKED in text:
                return text
        except OSError:
            pass  # It has not begun to listen.
        time.sleep(0.2)
    raise RuntimeError("the monitor of drift has not looked within a minute; its message is above")

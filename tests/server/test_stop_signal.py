"""Ending a service by signals, in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

SERVER = """
from kit.log import configure
from kit.rpc.server import serve
from kit.settings import ServerSettings
configure("thing", "INFO")
serve(ServerSettings(), [])
"""


@pytest.fixture
def server() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", SERVER], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "serving" in process.stderr.readline()
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_service_without_a_fault(server: subprocess.Popen[str], number: signal.Signals) -> None:
    server.send_signal(number)
    assert server.wait(20) == 0


def test_a_hail_of_signals_ends_it_too(server: subprocess.Popen[str]) -> None:
    # One after the other as fast as they go: each interrupts the handling of the one before.
    for _ in range(2000):
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
    # The interpreter gives the signal its usual meaning back in its last moments.
    assert server.wait(20) in (0, -signal.SIGTERM)

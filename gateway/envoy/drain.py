"""Has an Envoy end what it does before it is told to end: `python -m gateway.envoy.drain`.

Envoy ends at once on SIGTERM, whatever it is in the middle of. So a cluster calls this before.
"""

from __future__ import annotations

import http.client
import json
import socket
import time
from pathlib import Path

from gateway.envoy.metrics import admin_socket
from gateway.envoy.settings import EnvoySettings
from kit.errors import InvalidSettings
from kit.process import run
from kit.settings import load

_AT_WORK = "http.edge.downstream_rq_active"
_PAUSE_S = 0.5
_TIMEOUT_S = 5.0


class _Administration(http.client.HTTPConnection):
    """A connection to Envoy's administration, which listens at a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("administration", timeout=_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_TIMEOUT_S)
        self.sock.connect(str(self._path))


def drain(path: Path, drain_s: float) -> None:
    """Asks clients to go, takes no new connection after `drain_s` seconds, and returns when no request is left.

    Raises:
        OSError: no Envoy answers at the socket `path`.
    """
    end = time.monotonic() + drain_s
    _ask(path, "POST", "/drain_listeners?graceful")
    while time.monotonic() < end or _requests(path):
        time.sleep(_PAUSE_S)


def _requests(path: Path) -> int:
    stats = json.loads(_ask(path, "GET", f"/stats?format=json&filter=^{_AT_WORK}$"))["stats"]
    return sum(int(each["value"]) for each in stats)


def _ask(path: Path, method: str, target: str) -> bytes:
    connection = _Administration(path)
    try:
        connection.request(method, target)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise OSError(f"Envoy answers {target} with {response.status}")
    return body


def main() -> None:
    """Drains the Envoy of these settings."""
    settings = load(EnvoySettings)
    path = admin_socket(settings)
    if path is None:
        raise InvalidSettings("an Envoy is drained through its administration: set TELLTALE_ENVOY_ADMIN_SOCKET")
    drain(path, settings.drain_s)


if __name__ == "__main__":
    run(main)

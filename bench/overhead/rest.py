"""The stack as users run it, and a REST client that keeps its connection."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from cli.stack.ports import free_ports
from cli.stack.state import StateFolder
from kit.settings import child_environment

# The limit protects a stack from its users; here it would only be measured itself. So would the memory of earlier answers: files
# come again and again.
_UNLIMITED = {
    "TELLTALE_GATEWAY_WRITE_RATE": "1000000/minute",
    "TELLTALE_GATEWAY_MAX_QUEUED_ANALYSES": "64",
    "TELLTALE_GATEWAY_RECALL": "false",
    "TELLTALE_ENVOY_REQUESTS_PER_S": "10000",
}
PORTS = (
    "--port",
    "--grpc-port",
    "--image-port",
    "--temporal-port",
    "--av-sync-port",
    "--metadata-port",
    "--fusion-port",
)


class RestClient:
    """Judges media by `POST /v1/media:analyze`, over one connection per thread.

    Attributes:
        url, token: of the stack, for who calls it otherwise.
        pid: that of the stack.
    """

    def __init__(self, url: str, token: str, pid: int) -> None:
        self.url, self.token = url, token
        self._address = urlsplit(url)
        self._headers = {"authorization": f"Bearer {token}"}
        self._local = threading.local()
        self.pid = pid

    def analysis(self, media: bytes, mime_type: str = "image/jpeg", query: str = "") -> dict[str, Any]:
        """The last step of the answer, the finished analysis. Raises RuntimeError with the body when it is an error."""
        connection = self._connection()
        headers = {**self._headers, "content-type": mime_type}
        connection.request("POST", f"/v1/media:analyze{query}", body=media, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"HTTP {answer.status}: {body.decode(errors='replace')}")
        analysis: dict[str, Any] = json.loads(body.splitlines()[-1])
        return analysis

    def _connection(self) -> http.client.HTTPConnection:
        if not hasattr(self._local, "connection"):
            self._local.connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port)
        connection: http.client.HTTPConnection = self._local.connection
        return connection


@contextmanager
def running_stack(models: Path, **settings: str) -> Iterator[RestClient]:
    """`telltale up` on free ports with a state of its own; stopped at the end. `settings` are variables of its environment."""
    with TemporaryDirectory(prefix="telltale-bench-") as folder:
        state = StateFolder(Path(folder) / "state")
        ports = [word for pair in zip(PORTS, map(str, free_ports(len(PORTS))), strict=True) for word in pair]
        command = [sys.executable, "-m", "cli", "up", "--state", str(state.root), "--models", str(models), *ports]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=child_environment(_UNLIMITED | settings)
        )
        try:
            yield _client(process, state)
        finally:
            process.terminate()
            process.communicate(timeout=60)


def _client(process: subprocess.Popen[str], state: StateFolder) -> RestClient:
    if process.stdout is None or not any("Ctrl-C" in line for line in process.stdout):
        raise RuntimeError("the stack did not start; its message is above")
    where, token = state.running(), state.token()
    if where is None or token is None:
        raise RuntimeError(f"the stack in {state.root} does not say where it is")
    return RestClient(where.url, token, process.pid)

"""The inner Envoy's administration, over its Unix socket: shares are set, counts are read."""

from __future__ import annotations

import http.client
import json
import re
import socket
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from canary.envoy.endpoints import Version, cluster_name
from canary.envoy.render import runtime_key
from canary.figures import EDGES_MS, Calls, Histogram
from kit.errors import DetectorUnavailable

_TIMEOUT_S: Final = 5.0
_OK: Final = 200


class EnvoyAdmin:
    """Asks and tells the Envoy that listens on a Unix socket."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def share(self, service: str, percent: int) -> None:
        """Sends so many of a hundred calls to the canary from now on. Raises DetectorUnavailable: Envoy is away."""
        self._ask("POST", f"/runtime_modify?{urlencode({runtime_key(service): percent})}")

    def calls(self, service: str, version: Version, contract: str) -> Calls:
        """What it counted of a version's calls since it started. Raises DetectorUnavailable."""
        prefix = f"cluster.{cluster_name(service, version)}.grpc.{contract}."
        query = {"filter": f"^{re.escape(prefix)}", "format": "json", "histogram_buckets": "disjoint"}
        return read_stats(self._ask("GET", f"/stats?{urlencode(query)}"), prefix)

    def active(self, service: str, version: Version) -> int:
        """How many calls a version is working on. Raises DetectorUnavailable."""
        name = f"cluster.{cluster_name(service, version)}.upstream_rq_active"
        query = urlencode({"filter": f"^{re.escape(name)}$", "format": "json"})
        return sum(int(entry["value"]) for entry in json.loads(self._ask("GET", f"/stats?{query}"))["stats"])

    def calls_go_to(self, service: str, version: Version) -> set[str]:
        """The addresses, host:port, behind a cluster by now. Raises DetectorUnavailable."""
        lines = self._ask("GET", "/clusters").decode().splitlines()
        name = cluster_name(service, version)
        return {parts[1] for parts in (line.split("::") for line in lines) if parts[0] == name and ":" in parts[1]}

    def _ask(self, method: str, path: str) -> bytes:
        connection = _UnixConnection(self._path)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise DetectorUnavailable(f"the inner Envoy at {self._path} does not answer: {error}") from error
        finally:
            connection.close()
        if answer.status != _OK:
            raise DetectorUnavailable(f"the inner Envoy refused {path}: {body.decode(errors='replace')[:200]}")
        return body


def read_stats(body: bytes, prefix: str) -> Calls:
    """The calls in an answer of /stats, all methods together."""
    by_status: dict[int, int] = {}
    latency = Histogram.empty(EDGES_MS)
    for entry in json.loads(body)["stats"]:
        if "histograms" in entry:
            for each in _found(entry["histograms"]):
                if each["name"].startswith(prefix):
                    latency = latency.plus(_histogram(each["buckets"]))
            continue
        _, _, status = entry["name"].removeprefix(prefix).rpartition(".")
        if entry["name"].startswith(prefix) and status.isdigit():
            by_status[int(status)] = by_status.get(int(status), 0) + int(entry["value"])
    return Calls(by_status, latency)


def _found(histograms: Any) -> list[dict[str, Any]]:
    return list(histograms if isinstance(histograms, list) else histograms.get("details", []))


def _histogram(buckets: list[dict[str, float]]) -> Histogram:
    counts = {float(bucket["upper_bound"]): int(bucket["cumulative"]) for bucket in buckets}
    inside = [counts.get(float(edge), 0) for edge in EDGES_MS]
    beyond = sum(counts.values()) - sum(inside)
    return Histogram(tuple(map(float, EDGES_MS)), (*inside, beyond))


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_TIMEOUT_S)
        self.sock.connect(str(self._path))

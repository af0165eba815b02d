"""Which process is behind which cluster: files that the inner Envoy watches (EDS)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

Version = Literal["stable", "canary"]
VERSIONS: Final[tuple[Version, ...]] = ("stable", "canary")


def cluster_name(service: str, version: Version) -> str:
    """The cluster's name, which counters begin with, e.g. "image_svc-canary"."""
    return f"{service}-{version}"


def endpoints_file(folder: Path, service: str, version: Version) -> Path:
    """The file that Envoy watches for a cluster."""
    return folder / f"{cluster_name(service, version)}.json"


def point(folder: Path, service: str, version: Version, addresses: Sequence[str]) -> None:
    """Makes the cluster call the first of these addresses (host:port), and the next one only while that takes no calls.

    Calls that are under way at an address that is not named any more end there.
    """
    name = cluster_name(service, version)
    groups = [_group(address, priority) for priority, address in enumerate(addresses)]
    assignment = {
        "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
        "cluster_name": name,
        "endpoints": groups,
        "policy": {"overprovisioning_factor": 100},
    }
    target = endpoints_file(folder, service, version)
    # Envoy looks when a file is moved into the place, so it never reads half of one.
    draft = target.with_suffix(".draft")
    draft.write_text(json.dumps({"version_info": "", "resources": [assignment]}), encoding="utf-8")
    draft.replace(target)


def _group(address: str, priority: int) -> dict[str, Any]:
    host, _, port = address.rpartition(":")
    endpoint = {"address": {"socket_address": {"address": host, "port_value": int(port)}}}
    return {"priority": priority, "lb_endpoints": [{"endpoint": endpoint}]}

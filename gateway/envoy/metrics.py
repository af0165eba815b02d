"""Envoy's own metrics, for Prometheus: one path of the administration's, at a port of its own, and nothing else of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.envoy.settings import EnvoySettings

Json = dict[str, Any]

_CLUSTER = "administration"


def admin_socket(settings: EnvoySettings) -> Path | None:
    """Unix socket of the administration, which metrics come from; None: there is none."""
    if settings.admin_socket is None and settings.metrics_port:
        return settings.folder.absolute() / "admin.sock"
    return settings.admin_socket


def admin_endpoints(settings: EnvoySettings) -> Json:
    """Where the administration is reached; nowhere when nobody reads metrics."""
    endpoints = []
    if settings.metrics_port:
        address = {"pipe": {"path": str(admin_socket(settings))}}
        endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    return {"cluster_name": _CLUSTER, "endpoints": endpoints}

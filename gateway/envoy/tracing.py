"""Traces begin at the edge: Envoy decides which are sampled, and nobody outside has a say in that.

A trace that a stranger has begun is not continued. Its flag would have everything sampled that the stranger sends, and its id
could be made to collide with those of others. Callers are told the id of ours in the answer, and can keep it beside their own.
"""

from __future__ import annotations

from typing import Any, Final

from gateway.envoy.settings import EnvoySettings
from kit.telemetry.tracing import TRACE_ID

Json = dict[str, Any]

SERVICE: Final = "envoy"
_CLUSTER = "collector"
_FROM_OUTSIDE = ("traceparent", "tracestate", "x-envoy-force-trace", "x-client-trace-id")
_TYPE = "type.googleapis.com/envoy."


def tracing(settings: EnvoySettings) -> Json | None:
    """Envoy's `tracing` of a connection manager; None: no traces."""
    if settings.otlp_endpoint is None:
        return None
    collector = {"envoy_grpc": {"cluster_name": _CLUSTER}, "timeout": "5s"}
    provider = {
        "@type": _TYPE + "config.trace.v3.OpenTelemetryConfig",
        "grpc_service": collector,
        "service_name": SERVICE,
    }
    return {
        "client_sampling": {"value": 0},
        "random_sampling": {"value": settings.trace_share * 100},
        "overall_sampling": {"value": 100},
        # The secret of a link is a part of its path, and what a caller searches for stands behind the question mark.
        "max_path_tag_length": 0,
        "provider": {"name": "envoy.tracers.opentelemetry", "typed_config": provider},
    }


def early_mutations() -> list[Json]:
    """Envoy's `early_header_mutation_extensions`: what strangers say of traces goes before anybody reads it."""
    mutations = [{"remove": name} for name in _FROM_OUTSIDE]
    kind = _TYPE + "extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation"
    name = "envoy.http.early_header_mutation.header_mutation"
    return [{"name": name, "typed_config": {"@type": kind, "mutations": mutations}}]


def trace_headers(settings: EnvoySettings) -> dict[str, str]:
    """Headers of every answer."""
    return {} if settings.otlp_endpoint is None else {TRACE_ID: "%TRACE_ID%"}


def collector_endpoints(settings: EnvoySettings) -> Json:
    """Where the collector is; nowhere when there is none."""
    endpoints = []
    if settings.otlp_endpoint is not None:
        host, _, port = settings.otlp_endpoint.partition("://")[2].rpartition(":")
        address = {"socket_address": {"address": host, "port_value": int(port)}}
        endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    return {"cluster_name": _CLUSTER, "endpoints": endpoints}

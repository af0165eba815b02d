"""The inner Envoy's configuration from typed values. Every value becomes a JSON literal, so none can change the structure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Final

from canary.envoy.endpoints import VERSIONS, Version, cluster_name, endpoints_file, point
from canary.figures import EDGES_MS

CONFIGURATION: Final = "envoy.yaml"
_TYPE: Final = "type.googleapis.com/"
_HTTP: Final = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_PROTOCOL: Final = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_MIB: Final = 2**20
_TEMPLATE: Final = Path(__file__).with_name("bootstrap.template.yaml")


@dataclass(frozen=True)
class Door:
    """Where the gateway calls a service.

    Attributes:
        service: its package, e.g. "image_svc".
        contract: full name of its gRPC service, whose calls are counted, e.g. "telltale.image.v1.ImageService".
        methods: names of its methods.
        port: TCP port on loopback.
    """

    service: str
    contract: str
    methods: tuple[str, ...]
    port: int


def runtime_key(service: str) -> str:
    """The key whose value, [0, 100], is the percentage of calls that go to the canary."""
    return f"canary.{service}"


def render(doors: Sequence[Door], folder: Path, admin: Path) -> str:
    """Envoy's bootstrap configuration as YAML; `folder` holds the files of endpoints, `admin` becomes a Unix socket."""
    values = {
        "admin": {"address": {"pipe": {"path": str(admin), "mode": 0o600}}},
        "edges_ms": EDGES_MS,
        "listeners": [_listener(door) for door in doors],
        "clusters": [_cluster(door.service, version, folder) for door in doors for version in VERSIONS],
    }
    template = Template(_TEMPLATE.read_text(encoding="utf-8").partition("\nnode:")[2])
    return "node:" + template.substitute({name: json.dumps(value) for name, value in values.items()})


def _listener(door: Door) -> dict[str, Any]:
    manager = _typed(
        _HTTP,
        stat_prefix=door.service,
        codec_type="HTTP2",
        generate_request_id=False,
        http2_protocol_options=_http2(),
        # The gateway and the services have deadlines of their own, and a video takes what it takes.
        stream_idle_timeout="0s",
        common_http_protocol_options={"idle_timeout": "0s"},
        route_config=_routes(door),
        http_filters=[_counting(door), _filter("router", "router.v3.Router", suppress_envoy_headers=True)],
    )
    connection = {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}
    return {
        "name": door.service,
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": door.port}},
        "per_connection_buffer_limit_bytes": _MIB,
        "filter_chains": [{"filters": [connection]}],
    }


def _routes(door: Door) -> dict[str, Any]:
    share = {"default_value": {"numerator": 0, "denominator": "HUNDRED"}, "runtime_key": runtime_key(door.service)}
    routes = [
        {"match": {"prefix": f"/{door.contract}/", "runtime_fraction": share}, "route": _route(door.service, "canary")},
        {"match": {"prefix": "/"}, "route": _route(door.service, "stable")},
    ]
    return {"name": door.service, "virtual_hosts": [{"name": door.service, "domains": ["*"], "routes": routes}]}


def _route(service: str, version: Version) -> dict[str, Any]:
    return {
        "cluster": cluster_name(service, version),
        "timeout": "0s",
        # Only what has reached nobody is sent again: who does not take a connection has seen nothing of the call. The canary's
        # cluster has the stable version as its second choice, and that is what the second attempt asks.
        "retry_policy": {
            "retry_on": "connect-failure,refused-stream",
            "num_retries": 1,
            "retry_priority": {
                "name": "envoy.retry_priorities.previous_priorities",
                "typed_config": _typed(
                    "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
                    update_frequency=1,
                ),
            },
        },
    }


def _counting(door: Door) -> dict[str, Any]:
    # Calls of its contract alone; probes and what operators ask are no load. Methods are named: their number is bounded so.
    methods = {"services": [{"name": door.contract, "method_names": list(door.methods)}]}
    return _filter(
        "grpc_stats",
        "grpc_stats.v3.FilterConfig",
        individual_method_stats_allowlist=methods,
        enable_upstream_stats=True,
    )


def _cluster(service: str, version: Version, folder: Path) -> dict[str, Any]:
    return {
        "name": cluster_name(service, version),
        "type": "EDS",
        "connect_timeout": "2s",
        "per_connection_buffer_limit_bytes": _MIB,
        "eds_cluster_config": {
            "eds_config": {"path_config_source": {"path": str(endpoints_file(folder, service, version))}}
        },
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        **({"outlier_detection": _left_alone()} if version == "canary" else {}),
        "circuit_breakers": {
            "thresholds": [
                {"max_connections": 256, "max_pending_requests": 4096, "max_requests": 4096, "max_retries": 64}
            ]
        },
        "typed_extension_protocol_options": {
            _PROTOCOL: _typed(_PROTOCOL, explicit_http_config={"http2_protocol_options": _http2()})
        },
    }


def _left_alone() -> dict[str, Any]:
    # Who takes no connections, for a while; a version that answers errors is the decision's business.
    off = ("consecutive_5xx", "consecutive_gateway_failure", "success_rate", "local_origin_success_rate")
    return {
        "split_external_local_origin_errors": True,
        "consecutive_local_origin_failure": 2,
        "interval": "0.5s",
        "base_ejection_time": "1s",
        "max_ejection_time": "2s",
        "max_ejection_percent": 100,
        **{f"enforcing_{name}": 0 for name in off},
    }


def _http2() -> dict[str, Any]:
    return {"initial_stream_window_size": _MIB, "initial_connection_window_size": 4 * _MIB}


def _filter(name: str, kind: str, **values: object) -> dict[str, Any]:
    return {
        "name": f"envoy.filters.http.{name}",
        "typed_config": _typed(f"envoy.extensions.filters.http.{kind}", **values),
    }


def _typed(kind: str, **values: object) -> dict[str, Any]:
    return {"@type": _TYPE + kind, **values}


def write_configuration(doors: Sequence[Door], addresses: Mapping[str, str], folder: Path, admin: Path) -> None:
    """Puts configuration and endpoints where `python -m canary.envoy FOLDER` finds them; `addresses` are the services' own."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for service, address in addresses.items():
        point(folder, service, "stable", [address])
        point(folder, service, "canary", [address])
    (folder / CONFIGURATION).write_text(render(doors, folder, admin), encoding="utf-8")

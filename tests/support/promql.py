"""What a query of Prometheus names: metrics, and labels of each. It reads queries like ours; promtool parses them all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

_PROCESS = ("cpu_seconds_total", "max_fds", "open_fds", "resident_memory_bytes", "start_time_seconds")
PROMETHEUS: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset() for name in ("up", *(f"process_{n}" for n in _PROCESS))
}
"""What Prometheus and its client add to the metrics of our code, with their labels, besides those of whoever reads them."""
_CLUSTER = frozenset({"envoy_cluster_name"})
ENVOY: Final[Mapping[str, frozenset[str]]] = {
    "envoy_cluster_upstream_rq_xx": _CLUSTER | {"envoy_response_code_class"},
    "envoy_cluster_upstream_cx_active": _CLUSTER,
    "envoy_http_downstream_rq_xx": frozenset({"envoy_http_conn_manager_prefix", "envoy_response_code_class"}),
    "envoy_http_local_rate_limit_rate_limited": frozenset({"envoy_local_http_ratelimit_prefix"}),
    "envoy_server_memory_allocated": frozenset(),
}
"""The same of Envoy, as far as somebody asks for it; a real one is asked whether that is right."""

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_WINDOW = re.compile(r"\[[^\]]*\]")
_SELECTOR = re.compile(r"([A-Za-z_:][A-Za-z0-9_:]*)(?![A-Za-z0-9_:]|\s*\()\s*(\{[^}]*\})?")
_LABEL = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*(?:=~|!~|!=|=)")
_WORDS = {
    "and",
    "or",
    "unless",
    "offset",
    "bool",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "inf",
    "nan",
}
_DURATION = re.compile(r"(?<![A-Za-z0-9_:])\d+(?:\.\d+)?(?:e[+-]?\d+|[smhdwy])?(?![A-Za-z0-9_:])")


def selectors(query: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Every metric that is read, with the labels that it is chosen by."""
    plain = _GROUPING.sub(" ", _WINDOW.sub(" ", _TEXT.sub('""', query)))
    # Names are searched for outside of braces, which hold labels.
    for match in _SELECTOR.finditer(_DURATION.sub(" ", plain)):
        name, braces = match[1], match[2] or ""
        if name not in _WORDS:
            yield name, frozenset(_LABEL.findall(braces))


def grouped_by(query: str) -> frozenset[str]:
    """All labels that it groups or matches by."""
    lists = _GROUPING.findall(_TEXT.sub('""', query))
    return frozenset(label.strip() for each in lists for label in each.split(",") if label.strip())

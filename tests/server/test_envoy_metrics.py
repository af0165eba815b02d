"""A real Envoy tells what alerts and dashboards ask it for, with the labels by which they choose."""

from __future__ import annotations

import re
from pathlib import Path

from cli.stack.ports import free_ports
from tests.support.edge import call, envoy
from tests.support.promql import ENVOY


def test_envoy_tells_what_it_is_asked_for(tmp_path: Path) -> None:
    nobody, metrics_port = free_ports(2)
    with envoy(tmp_path, nobody, metrics_port=metrics_port) as port:
        assert call(port, "GET", "/v1/media").status == 503
        text = call(metrics_port, "GET", "/stats/prometheus").body.decode()
    # Not by the library's parser, which adds "_total" to the names of Envoy's counters.
    told = {
        match[1]: frozenset(re.findall(r'(\w+)="', match[2])) for match in re.finditer(r"^(\w+)\{(.*)\}", text, re.M)
    }
    assert {name: told.get(name) for name in ENVOY} == ENVOY
    # By this one the error budget learns of calls that no gateway has seen.
    assert 'envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="gateway"} 1' in text

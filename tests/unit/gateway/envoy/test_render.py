from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.envoy.local_replies import local_reply_config
from gateway.envoy.render import render
from gateway.envoy.settings import EnvoySettings
from gateway.settings import GatewaySettings
from kit.errors import InvalidSettings
from telltale.common.v1 import errors_pb2


def test_every_placeholder_is_filled() -> None:
    assert "${" not in render(EnvoySettings())


def test_an_analysis_may_take_as_long_as_the_gateways_longest_budget() -> None:
    gateway = GatewaySettings()
    assert EnvoySettings().analysis_timeout_s > gateway.video_budget_thorough_s + gateway.fusion_budget_s


def test_a_value_cannot_change_the_structure() -> None:
    rendered = render(EnvoySettings(gateway_host='x"}\nadmin: {address: 1}'))
    assert "\nadmin: {address: 1}" not in rendered


def test_no_administration_port_is_open_by_default() -> None:
    assert "\nadmin: null\n" in render(EnvoySettings())


def test_metrics_bring_a_socket_of_the_administration_along_in_the_folder() -> None:
    rendered = render(EnvoySettings(metrics_port=9464, folder=Path("/state/envoy")))
    assert rendered.count('{"pipe": {"path": "/state/envoy/admin.sock"') == 2


@pytest.mark.parametrize(
    "endpoint", ["collector:4317", "http://collector", "http://collector:4317/v1", "http://a:b@c:1"]
)
def test_a_collector_is_named_by_scheme_host_and_port(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="otlp_endpoint"):
        EnvoySettings(otlp_endpoint=endpoint)


def test_administration_is_a_unix_socket_for_this_user_alone() -> None:
    rendered = render(EnvoySettings(admin_socket=Path("/run/telltale/admin")))
    assert '\nadmin: {"address": {"pipe": {"path": "/run/telltale/admin", "mode": 384}}}' in rendered


@pytest.mark.parametrize(
    "settings", [EnvoySettings(tls_certificate=Path("c.pem")), EnvoySettings(tls_key=Path("k.pem"))]
)
def test_half_of_tls_is_an_error(settings: EnvoySettings) -> None:
    with pytest.raises(InvalidSettings, match="belong together"):
        render(settings)


@pytest.mark.parametrize(("requests_per_s", "bucket"), [(100, (10, "0.100s")), (2, (1, "0.500s"))])
def test_the_rate_limit_is_the_one_that_was_set(requests_per_s: int, bucket: tuple[int, str]) -> None:
    tokens, interval = bucket
    rendered = render(EnvoySettings(requests_per_s=requests_per_s, request_burst=7))
    assert f'{{"max_tokens": 7, "tokens_per_fill": {tokens}, "fill_interval": "{interval}"}}' in rendered


def test_reasons_of_errors_of_the_edge_are_those_of_the_contract() -> None:
    reasons = set(re.findall(r"'reason': '([A-Z_]+)'", str(local_reply_config(1))))
    assert reasons
    assert {f"ERROR_REASON_{reason}" for reason in reasons} <= set(errors_pb2.ErrorReason.keys())

"""Which secrets Envoy reads, and whom it asks for which token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.door.headers import CLAIMS
from gateway.envoy.oidc import jwks_endpoints, providers, rules
from gateway.envoy.render import render
from gateway.envoy.settings import EnvoySettings
from gateway.envoy.tls import collector_tls, secrets
from kit.errors import InvalidSettings

FOLDER = Path("/state/envoy")
OIDC = EnvoySettings(
    folder=FOLDER,
    gateway_ca=Path("/ca.pem"),
    gateway_certificate=Path("/envoy.pem"),
    gateway_key=Path("/envoy.pem"),
    oidc_issuer="https://login.example.org/",
    oidc_audiences=("telltale",),
    oidc_jwks="https://login.example.org:8443/keys",
)


def test_without_settings_there_are_no_secrets_no_rules_and_nobody_to_ask() -> None:
    settings = EnvoySettings()
    assert (secrets(settings), providers(settings), rules(settings)) == ({}, {}, [])
    assert jwks_endpoints(settings)["endpoints"] == []


def test_what_is_configured_is_a_secret_in_a_file_of_its_own() -> None:
    assert {path.name for path in secrets(OIDC)} == {"client.json", "gateway_ca.json", "jwks_ca.json"}
    assert {path.parent for path in secrets(OIDC)} == {FOLDER}


@pytest.mark.parametrize(("scheme", "known"), [("https", True), ("http", False)])
def test_a_collector_behind_https_is_known_by_its_certificate(scheme: str, known: bool) -> None:
    settings = EnvoySettings(folder=FOLDER, otlp_endpoint=f"{scheme}://traces.example.org:4317")
    assert (collector_tls(settings) is not None) == known
    assert ({path.name for path in secrets(settings)} == {"otlp_ca.json"}) == known
    assert json.dumps(collector_tls(settings)).count("traces.example.org") == (2 if known else 0)


def test_keys_in_a_file_need_nobody_to_ask() -> None:
    settings = OIDC.model_copy(update={"oidc_jwks": "/keys.json"})
    assert jwks_endpoints(settings)["endpoints"] == []
    assert "jwks_ca.json" not in {path.name for path in secrets(settings)}
    assert providers(settings)["oidc"]["local_jwks"] == {"filename": "/keys.json"}


def test_a_token_of_the_provider_ends_at_the_edge() -> None:
    provider = providers(OIDC)["oidc"]
    assert (provider["forward"], provider["require_expiration"]) == (False, True)
    assert provider["forward_payload_header"] == CLAIMS


@pytest.mark.parametrize("issuer", ["", "https://login.example.org/"])
def test_the_header_of_claims_is_removed_with_and_without_a_provider(issuer: str) -> None:
    settings = OIDC if issuer else EnvoySettings()
    assert f'{{"remove": "{CLAIMS}"}}' in render(settings)


def test_an_address_without_a_host_is_a_clear_error() -> None:
    with pytest.raises(InvalidSettings, match="names no host"):
        render(OIDC.model_copy(update={"oidc_jwks": "https:///keys"}))

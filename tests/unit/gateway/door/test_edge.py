"""Whom the gateway believes what only an Envoy may say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from gateway.door.edge import Edge
from gateway.door.headers import CLAIMS
from gateway.door.visitors import CLIENT_ADDRESS
from gateway.settings import GatewaySettings
from kit.errors import InvalidSettings

SENT = {CLAIMS: "e30", CLIENT_ADDRESS: "192.0.2.1", "x-request-id": "r"}


class Caller:
    def __init__(self, *names: bytes) -> None:
        self._names = names

    def invocation_metadata(self) -> Iterable[tuple[str, str | bytes]]:
        return [*SENT.items(), ("some-bin", b"\0")]

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        return {"x509_subject_alternative_name": self._names, "x509_common_name": [b"envoy"]}


def test_an_envoy_is_believed_all_and_by_its_alternative_name_alone() -> None:
    edge = Edge(["envoy"], None)
    assert edge.headers(Caller(b"envoy")) == SENT
    assert edge.headers(Caller()) == {"x-request-id": "r"}


@pytest.mark.parametrize("names", [(), (b"gateway",), (b"envoy.example",), (b"*",), (b"\xff",)])
def test_everybody_else_is_believed_nothing(names: tuple[bytes, ...]) -> None:
    assert Edge(["envoy"], None).headers(Caller(*names)) == {"x-request-id": "r"}


def test_without_certificates_nobody_has_signed_in() -> None:
    assert CLAIMS not in Edge(None, None).headers(Caller(b"envoy"))


def test_without_an_issuer_nobody_has_signed_in() -> None:
    assert GatewaySettings(tls_client_ca=Path("ca.pem")).edge().passport(SENT) is None


def test_an_issuer_without_certificates_is_a_clear_error() -> None:
    with pytest.raises(InvalidSettings, match="oidc_issuer needs tls_client_ca"):
        GatewaySettings(oidc_issuer="https://login.example.org/").edge()


@pytest.mark.parametrize(
    "settings",
    [{"services_key": Path("k")}, {"services_certificate": Path("c"), "services_key": Path("k")}],
)
def test_half_of_tls_to_the_services_is_a_clear_error(settings: dict[str, Path]) -> None:
    with pytest.raises(InvalidSettings, match="services_c"):
        GatewaySettings.model_validate(settings).services_tls()

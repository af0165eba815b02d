"""Tokens of an identity provider (OpenID Connect): Envoy checks them, and forwards what they say to the gateway.

What is checked: the signature, by the provider's public keys and an algorithm that belongs to the key; issuer, audience and time.
The token itself goes no further. Tokens of ours ("tt_…") pass untouched: the gateway knows them.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from gateway.door.headers import CLAIMS, OWN_PREFIX
from gateway.envoy.settings import EnvoySettings
from gateway.envoy.tls import jwks_tls
from kit.errors import InvalidSettings

Json = dict[str, Any]

_CLUSTER, _PROVIDER = "identity_provider", "oidc"
_HTTPS_PORT = 443
_TIMEOUT, _KEPT = "5s", "300s"


def check_oidc(settings: EnvoySettings) -> None:
    """Raises InvalidSettings for settings that would let anybody in, or nobody."""
    if not settings.oidc_issuer:
        if settings.oidc_audiences or settings.oidc_jwks:
            raise InvalidSettings("TELLTALE_ENVOY_OIDC_AUDIENCES and _JWKS need TELLTALE_ENVOY_OIDC_ISSUER; set it")
        return
    if not settings.oidc_audiences:
        raise InvalidSettings(
            "TELLTALE_ENVOY_OIDC_AUDIENCES must name what tokens are for; without it those for any other service would open ours"
        )
    if not settings.oidc_jwks or settings.oidc_jwks.startswith("http://"):
        raise InvalidSettings("TELLTALE_ENVOY_OIDC_JWKS must be a file, or an address that begins with https://")
    if settings.gateway_ca is None or settings.gateway_certificate is None:
        raise InvalidSettings(
            "the gateway believes only an Envoy that shows a certificate who has signed in; say `telltale up --mtls`, or set "
            "TELLTALE_ENVOY_GATEWAY_CA, _GATEWAY_CERTIFICATE and _GATEWAY_KEY"
        )


def providers(settings: EnvoySettings) -> Json:
    """Envoy's `providers` of `jwt_authn`."""
    if not settings.oidc_issuer:
        return {}
    provider = {
        "issuer": settings.oidc_issuer,
        "audiences": list(settings.oidc_audiences),
        "require_expiration": True,
        "from_headers": [{"name": "authorization", "value_prefix": "Bearer "}],
        "forward": False,
        "forward_payload_header": CLAIMS,
        **_keys(settings.oidc_jwks),
    }
    return {_PROVIDER: provider}


def rules(settings: EnvoySettings) -> list[Json]:
    """Envoy's `rules` of `jwt_authn`: a bearer token that is none of ours must be the provider's; who has none is not asked."""
    if not settings.oidc_issuer:
        return []
    ours = {"name": "authorization", "string_match": {"prefix": f"Bearer {OWN_PREFIX}"}, "invert_match": True}
    either = {"requirements": [{"provider_name": _PROVIDER}, {"allow_missing": {}}]}
    return [{"match": {"prefix": "/", "headers": [ours]}, "requires": {"requires_any": either}}]


def jwks_endpoints(settings: EnvoySettings) -> Json:
    """Where the provider's keys are fetched; nowhere when they come from a file."""
    endpoints = []
    if _is_remote(settings):
        host, port = _place(settings.oidc_jwks)
        address = {"socket_address": {"address": host, "port_value": port}}
        endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    return {"cluster_name": _CLUSTER, "endpoints": endpoints}


def jwks_socket(settings: EnvoySettings) -> Json | None:
    """TLS to the provider."""
    return jwks_tls(settings, _place(settings.oidc_jwks)[0]) if _is_remote(settings) else None


def _keys(jwks: str) -> Json:
    if not jwks.startswith("https://"):
        return {"local_jwks": {"filename": jwks}}
    fetch = {"uri": jwks, "cluster": _CLUSTER, "timeout": _TIMEOUT}
    # Fetched before anybody asks, and again in time: no call waits for it, and a provider that is away for minutes is not missed.
    return {"remote_jwks": {"http_uri": fetch, "cache_duration": _KEPT, "async_fetch": {}}}


def _is_remote(settings: EnvoySettings) -> bool:
    return bool(settings.oidc_issuer) and settings.oidc_jwks.startswith("https://")


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if not parts.hostname:
        raise InvalidSettings(f"TELLTALE_ENVOY_OIDC_JWKS {url!r} names no host")
    return parts.hostname, parts.port or _HTTPS_PORT

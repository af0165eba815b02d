"""Fills the Envoy template from typed settings. Every value becomes a JSON literal, so none can change the structure."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template
from typing import Any

from gateway.door.headers import CLAIMS
from gateway.door.visitors import CLIENT_ADDRESS
from gateway.envoy.access_log import access_log
from gateway.envoy.local_replies import MAX_MESSAGE_BYTES, local_reply_config
from gateway.envoy.metrics import admin_endpoints, admin_socket
from gateway.envoy.oidc import check_oidc, jwks_endpoints, jwks_socket, providers, rules
from gateway.envoy.settings import EnvoySettings
from gateway.envoy.tls import collector_tls, downstream_tls, gateway_tls
from gateway.envoy.tracing import collector_endpoints, early_mutations, trace_headers, tracing

_HERE = Path(__file__).parent
_DESCRIPTORS = _HERE / "telltale.binpb"

# The page loads its own files and nothing else; media of the user and pictures of maps are blobs that it made itself.
_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "content-security-policy": _CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # A link that somebody posts where crawlers read is still not for everybody.
    "x-robots-tag": "noindex",
}


# HTTP allows more characters in names of headers than gRPC, which would fail the whole call over one of them.
_NO_GRPC_NAME = r":?[^:]*[^:0-9a-z_.-].*"

_AS_IT_COMES = {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute",
    "disabled": True,
}

_AS_THEY_ARE = (
    "host",
    "port",
    "gateway_host",
    "gateway_port",
    "max_body_bytes",
    "max_requests",
    "max_header_kib",
    "max_header_count",
    "max_connections",
    "max_heap_bytes",
    "metrics_host",
    "metrics_port",
)


def render(settings: EnvoySettings) -> str:
    """Envoy's bootstrap configuration as YAML.

    Raises:
        InvalidSettings: settings that do not belong together.
    """
    check_oidc(settings)
    template = Template((_HERE / "bootstrap.template.yaml").read_text(encoding="utf-8").partition("\nnode:")[2])
    return "node:" + template.substitute({name: json.dumps(value) for name, value in _values(settings).items()})


def _values(settings: EnvoySettings) -> dict[str, Any]:
    return {
        **settings.model_dump(include=set(_AS_THEY_ARE)),
        "public_hosts": list(settings.public_hosts),
        # Envoy takes one "*" alone; where every name is ours, nobody has this one, which is kept free for that (RFC 2606).
        "strange_hosts": ["nobody.invalid" if "*" in settings.public_hosts else "*"],
        "access_log": access_log(str(settings.access_log)),
        "admin": _admin(settings),
        "admin_endpoints": admin_endpoints(settings),
        "metrics_wanted": bool(settings.metrics_port),
        "early_mutations": early_mutations(),
        "tracing": tracing(settings),
        "collector_endpoints": collector_endpoints(settings),
        "collector_tls": collector_tls(settings),
        "downstream_tls": downstream_tls(settings),
        "gateway_tls": gateway_tls(settings),
        "oidc_providers": providers(settings),
        "oidc_rules": rules(settings),
        "jwks_endpoints": jwks_endpoints(settings),
        "jwks_tls": jwks_socket(settings),
        "upload_timeout": _seconds(settings.upload_timeout_s),
        "analysis_timeout": _seconds(settings.analysis_timeout_s),
        # While a photo is judged nothing moves on the stream, so it may be idle that long.
        "stream_idle_timeout": _seconds(settings.analysis_timeout_s + 5),
        "token_bucket": _token_bucket(settings),
        # Who calls, for the gateway to count; whatever a client has sent under that name is overwritten.
        "request_headers": [
            _header(CLIENT_ADDRESS, "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"),
            # Before the filter that puts it in, and also where there is none.
            {"remove": CLAIMS},
            {"remove_on_match": {"key_matcher": {"safe_regex": {"regex": _NO_GRPC_NAME}}}},
        ],
        "response_headers": _response_headers(settings),
        "max_message_bytes": MAX_MESSAGE_BYTES,
        "as_it_comes": {"envoy.filters.http.buffer": _AS_IT_COMES},
        "local_replies": local_reply_config(settings.max_body_bytes),
        "descriptors": str(_DESCRIPTORS),
    }


def _response_headers(settings: EnvoySettings) -> list[dict[str, Any]]:
    hsts = {"strict-transport-security": "max-age=31536000"} if settings.tls_certificate else {}
    fixed = [_header(name, value) for name, value in (SECURITY_HEADERS | hsts | trace_headers(settings)).items()]
    # Verdicts are somebody's private matter; what says nothing of caching is not to be kept by a browser or a proxy.
    return [*fixed, _header("cache-control", "no-store", "ADD_IF_ABSENT")]


def _header(name: str, value: str, action: str = "OVERWRITE_IF_EXISTS_OR_ADD") -> dict[str, Any]:
    return {"append": {"header": {"key": name, "value": value}, "append_action": action}}


def _token_bucket(settings: EnvoySettings) -> dict[str, Any]:
    # Filled about ten times a second, so that a client that waits a little is let in again.
    tokens = max(1, settings.requests_per_s // 10)
    interval = _seconds(tokens / settings.requests_per_s)
    return {"max_tokens": settings.request_burst, "tokens_per_fill": tokens, "fill_interval": interval}


def _admin(settings: EnvoySettings) -> dict[str, Any] | None:
    socket = admin_socket(settings)
    return None if socket is None else {"address": {"pipe": {"path": str(socket), "mode": 0o600}}}


def _seconds(value_s: float) -> str:
    return f"{value_s:.3f}s"

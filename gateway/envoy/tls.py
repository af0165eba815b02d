"""TLS on both sides of Envoy. Certificates are secrets in files, which it reads again when one is replaced by a rename."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.envoy.settings import EnvoySettings
from kit.errors import InvalidSettings

Json = dict[str, Any]

_TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3."
_PARAMETERS = {"tls_minimum_protocol_version": "TLSv1_2"}
_EDGE, _CLIENT, _GATEWAY_CA, _JWKS_CA, _OTLP_CA = "edge", "client", "gateway_ca", "jwks_ca", "otlp_ca"


def downstream_tls(settings: EnvoySettings) -> Json | None:
    """How clients reach us; None: in plain text. Raises InvalidSettings: only one of certificate and key is given."""
    if not _pair(
        settings.tls_certificate, settings.tls_key, "TELLTALE_ENVOY_TLS_CERTIFICATE", "TELLTALE_ENVOY_TLS_KEY"
    ):
        return None
    common = {
        "alpn_protocols": ["h2", "http/1.1"],
        "tls_params": _PARAMETERS,
        "tls_certificate_sds_secret_configs": [_secret(settings, _EDGE)],
    }
    return _socket("DownstreamTlsContext", {"common_tls_context": common})


def gateway_tls(settings: EnvoySettings) -> Json | None:
    """How we reach the gateway; None: in plain text. Raises InvalidSettings: the settings do not belong together."""
    shown = _pair(
        settings.gateway_certificate,
        settings.gateway_key,
        "TELLTALE_ENVOY_GATEWAY_CERTIFICATE",
        "TELLTALE_ENVOY_GATEWAY_KEY",
    )
    if settings.gateway_ca is None:
        if shown:
            raise InvalidSettings(
                "TELLTALE_ENVOY_GATEWAY_CERTIFICATE is shown over TLS alone; set TELLTALE_ENVOY_GATEWAY_CA"
            )
        return None
    name = settings.gateway_name or settings.gateway_host
    certificates = {"tls_certificate_sds_secret_configs": [_secret(settings, _CLIENT)]} if shown else {}
    common = {"alpn_protocols": ["h2"], **_believes(settings, _GATEWAY_CA, name), **certificates}
    return _socket("UpstreamTlsContext", {"sni": name, "common_tls_context": common})


def jwks_tls(settings: EnvoySettings, host: str) -> Json:
    """How we reach an identity provider at `host`."""
    common = {"tls_params": _PARAMETERS, **_believes(settings, _JWKS_CA, host)}
    return _socket("UpstreamTlsContext", {"sni": host, "common_tls_context": common})


def collector_tls(settings: EnvoySettings) -> Json | None:
    """How we reach a collector of traces; None: in plain text."""
    if not _is_secure(settings.otlp_endpoint):
        return None
    host = str(settings.otlp_endpoint).removeprefix("https://").rpartition(":")[0]
    common = {"alpn_protocols": ["h2"], "tls_params": _PARAMETERS, **_believes(settings, _OTLP_CA, host)}
    return _socket("UpstreamTlsContext", {"sni": host, "common_tls_context": common})


def secrets(settings: EnvoySettings) -> dict[Path, Json]:
    """The secrets that the configuration names: files to write, and what they say."""
    found = {
        _EDGE: _certificate(settings.tls_certificate, settings.tls_key),
        _CLIENT: _certificate(settings.gateway_certificate, settings.gateway_key),
        _GATEWAY_CA: _authorities(settings.gateway_ca),
        _JWKS_CA: _authorities(settings.oidc_jwks_ca if _is_secure(settings.oidc_jwks) else None),
        _OTLP_CA: _authorities(settings.otlp_ca if _is_secure(settings.otlp_endpoint) else None),
    }
    kind = _TLS + "Secret"
    return {
        _path(settings, name): {"resources": [{"@type": kind, "name": name, **secret}]}
        for name, secret in found.items()
        if secret is not None
    }


def _certificate(certificate: Path | None, key: Path | None) -> Json | None:
    if certificate is None or key is None:
        return None
    return {"tls_certificate": {"certificate_chain": _file(certificate), "private_key": _file(key)}}


def _authorities(file: Path | None) -> Json | None:
    return None if file is None else {"validation_context": {"trusted_ca": _file(file)}}


def _believes(settings: EnvoySettings, secret: str, name: str) -> Json:
    names = [{"san_type": "DNS", "matcher": {"exact": name}}]
    return {
        "combined_validation_context": {
            "default_validation_context": {"match_typed_subject_alt_names": names},
            "validation_context_sds_secret_config": _secret(settings, secret),
        }
    }


def _secret(settings: EnvoySettings, name: str) -> Json:
    source = {"path_config_source": {"path": str(_path(settings, name))}, "resource_api_version": "V3"}
    return {"name": name, "sds_config": source}


def _path(settings: EnvoySettings, name: str) -> Path:
    return settings.folder.absolute() / f"{name}.json"


def _file(path: Path) -> Json:
    return {"filename": str(path)}


def _socket(context: str, fields: Json) -> Json:
    return {"name": "envoy.transport_sockets.tls", "typed_config": {"@type": _TLS + context, **fields}}


def _is_secure(url: str | None) -> bool:
    return url is not None and url.startswith("https://")


def _pair(certificate: Path | None, key: Path | None, certificate_setting: str, key_setting: str) -> bool:
    if (certificate is None) != (key is None):
        raise InvalidSettings(f"{certificate_setting} and {key_setting} belong together; set both or none")
    return certificate is not None

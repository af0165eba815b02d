"""Settings of the edge: what differs between a laptop and a cluster."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kit.settings import OTLP_ENDPOINT, Settings, settings_config

_MIB = 2**20


class EnvoySettings(Settings):
    """Values of the one Envoy template."""

    model_config = settings_config("TELLTALE_ENVOY_")

    host: str = Field(
        default="127.0.0.1", description="Address to listen on; loopback unless a cluster says otherwise."
    )
    port: int = Field(default=8080, ge=1, le=65535, description="TCP port of REST, page and gRPC.")
    public_hosts: tuple[str, ...] = Field(
        default=("127.0.0.1", "localhost", "[::1]"),
        min_length=1,
        description='JSON list of names that clients may call us by, without port; ["*"] takes any.',
    )
    gateway_host: str = Field(default="127.0.0.1", description="Name or address of the gateway's gRPC.")
    gateway_port: int = Field(default=50051, ge=1, le=65535, description="TCP port of the gateway's gRPC.")
    gateway_ca: Path | None = Field(
        default=None, description="PEM authorities that the gateway's certificate must chain to; plain text when unset."
    )
    gateway_certificate: Path | None = Field(
        default=None, description="PEM certificate chain by which the gateway knows this Envoy."
    )
    gateway_key: Path | None = Field(default=None, description="PEM private key of that certificate.")
    gateway_name: str = Field(
        default="", description="Name that the gateway's certificate must have; gateway_host when empty."
    )
    require_mtls: bool = Field(
        default=False,
        description="Refuse to start without a certificate to show to the gateway and authorities of its own.",
    )
    oidc_issuer: str = Field(
        default="", description="Issuer (iss) whose tokens open the service, too; none when empty."
    )
    oidc_audiences: tuple[str, ...] = Field(
        default=(), description="JSON list of audiences (aud), one of which its tokens must be for."
    )
    oidc_jwks: str = Field(
        default="",
        description="Its public keys (JWKS): an address that begins with https://, or a file, which is read at the start alone.",
    )
    oidc_jwks_ca: Path = Field(
        default=Path("/etc/ssl/certs/ca-certificates.crt"),
        description="PEM authorities that the certificate behind that address must chain to.",
    )
    folder: Path = Field(default=Path(".telltale/envoy"), description="Folder for the rendered configuration.")
    access_log: Path = Field(default=Path("/dev/stdout"), description="File that gets one JSON line a request.")
    admin_socket: Path | None = Field(
        default=None, description="Unix socket of Envoy's administration; none when unset."
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address at which Envoy's metrics can be read.")
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="TCP port of /stats/prometheus, without a token; 0: none. Without admin_socket, that lies in folder then.",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        pattern=OTLP_ENDPOINT,
        description="Collector of traces (OTLP over gRPC), as in http://127.0.0.1:4317, or https; none when unset.",
    )
    otlp_ca: Path = Field(
        default=Path("/etc/ssl/certs/ca-certificates.crt"),
        description="PEM authorities that the certificate behind an https endpoint must chain to.",
    )
    trace_share: float = Field(default=0.1, ge=0, le=1, description="Share of the requests that are sampled.")
    drain_s: float = Field(
        default=20.0,
        ge=0,
        description="Seconds from the order to drain until no new connection is taken: who sends clients here learns it by then.",
    )
    tls_certificate: Path | None = Field(default=None, description="PEM certificate chain; plain text when unset.")
    tls_key: Path | None = Field(default=None, description="PEM private key of the certificate.")
    max_body_bytes: int = Field(
        default=201 * _MIB, ge=1, description="Longest body; above the gateway's own limit, so that its error wins."
    )
    max_header_kib: int = Field(default=32, ge=1, le=8192, description="Longest request header block in KiB.")
    max_header_count: int = Field(default=64, ge=8, description="Most request headers.")
    max_connections: int = Field(default=1024, ge=1, description="Most connections at once; further ones are closed.")
    max_requests: int = Field(
        default=256, ge=1, description="Most requests at the gateway at once; further ones get 503."
    )
    max_heap_bytes: int = Field(default=512 * _MIB, ge=64 * _MIB, description="Heap at which requests are refused.")
    requests_per_s: int = Field(default=100, ge=1, description="Requests a second of all clients together; then 429.")
    request_burst: int = Field(default=400, ge=1, description="Requests above that rate that are let through at once.")
    analysis_timeout_s: float = Field(
        default=900.0, gt=0, description="Seconds for an analysis after its upload; above the gateway's own budgets."
    )
    upload_timeout_s: float = Field(default=900.0, gt=0, description="Seconds for a whole request to arrive.")

    def unmet(self) -> list[str]:
        """What these settings require and do not have, a sentence each."""
        needed = ("gateway_ca", "gateway_certificate", "gateway_key") if self.require_mtls else ()
        return [*super().unmet(), *self._missing("require_mtls", needed)]

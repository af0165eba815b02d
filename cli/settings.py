"""Settings of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr

from kit.models.settings import ChannelName
from kit.settings import OTLP_ENDPOINT, Settings, settings_config

_SHIPPED_MODELS = Path(__file__).resolve().parent.parent / "models"


class CliSettings(Settings):
    """Read from variables that begin with TELLTALE_; an option of the same name on the command line wins."""

    model_config = settings_config("TELLTALE_")

    state: Path = Field(default=Path(".telltale"), description="Folder of everything that a stack keeps.")
    models: Path = Field(default=_SHIPPED_MODELS, description="Folder of the model registry.")
    url: str | None = Field(default=None, description="Address of a running stack, e.g. http://127.0.0.1:8080.")
    token: SecretStr | None = Field(default=None, description="Bearer token; else the one in the state folder.")
    host: str = Field(default="127.0.0.1", description="Address that `up` serves REST, page and gRPC on.")
    port: int = Field(default=8080, ge=1, le=65535, description="TCP port of REST and page.")
    grpc_port: int = Field(default=50051, ge=1, le=65535, description="TCP port of the gateway's gRPC.")
    image_port: int = Field(default=50061, ge=1, le=65535, description="TCP port of image_svc.")
    temporal_port: int = Field(default=50062, ge=1, le=65535, description="TCP port of temporal_svc.")
    av_sync_port: int = Field(default=50063, ge=1, le=65535, description="TCP port of av_sync_svc.")
    metadata_port: int = Field(default=50064, ge=1, le=65535, description="TCP port of metadata_svc.")
    fusion_port: int = Field(default=50065, ge=1, le=65535, description="TCP port of fusion_svc.")
    registry: str | None = Field(
        default=None, description="Where models are published: a folder, s3://BUCKET/… or gs://BUCKET/…"
    )
    trust: Path | None = Field(
        default=None, description="Folder of the public keys that are trusted, NAME.pub.pem each."
    )
    key: Path | None = Field(default=None, description="File of the private key that publishes and approves.")
    channel: ChannelName | None = Field(
        default=None,
        description="Channel of the registry whose models the services of `up` run; that of their profile when unset.",
    )
    model_cache: Path | None = Field(
        default=None,
        description="Folder for models fetched from the registry; model-cache in the state folder when unset.",
    )
    model_cache_bytes: int = Field(default=4 * 2**30, ge=1, description="Most bytes that it may hold.")
    mtls: bool = Field(
        default=False, description="Whether the processes that `up` starts know each other by certificates (mTLS)."
    )
    monitoring: bool = Field(
        default=False,
        description="Whether `up` has every process tell metrics, runs a Prometheus that reads them, and logs predictions.",
    )
    prometheus_port: int = Field(default=9090, ge=1, le=65535, description="TCP port of that Prometheus, on loopback.")
    metrics_port: int = Field(
        default=9464,
        ge=1,
        le=65527,
        description="First of the nine TCP ports on loopback at which metrics are read then, one a process.",
    )
    golden: Path | None = Field(
        default=None, description="Folder of a golden set that the monitoring has the stack judge again and again."
    )
    canaries: bool = Field(
        default=False,
        description="Whether `up` runs an inner Envoy, through which `telltale canary` tries new versions.",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        pattern=OTLP_ENDPOINT,
        description="Collector that all processes of `up` send their traces to, as in http://127.0.0.1:4317.",
    )
    trace_share: float = Field(
        default=1.0, ge=0, le=1, description="Share of the requests whose traces are sampled then."
    )
    canary_drain_s: float = Field(
        default=60.0, ge=0, description="Seconds that calls at work get to end when their version gets no new ones."
    )
    tls_ca: Path | None = Field(
        default=None, description="PEM authorities that the certificate behind an https url must chain to."
    )
    tls_certificate: Path | None = Field(default=None, description="PEM certificate chain to show there.")
    tls_key: Path | None = Field(default=None, description="PEM private key of that certificate.")
    start_timeout_s: float = Field(default=90.0, gt=0, description="Seconds that all services get to become ready.")
    stop_grace_s: float = Field(
        default=12.0, ge=0, description="Seconds that a service gets to end before it is killed."
    )
    in_flight: int = Field(default=4, ge=1, le=16, description="Files that `analyze` sends at once.")

    def changed(self, **options: object) -> Self:
        """These settings with the command line's options on top; None leaves a setting as it is."""
        given = {name: value for name, value in options.items() if value is not None}
        return type(self)(**(self.model_dump() | given))

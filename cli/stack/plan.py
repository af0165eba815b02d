"""Which processes a stack has, with their settings: the only place that knows how the services are wired on one machine."""

from __future__ import annotations

import sys

from av_sync_svc.settings import AvSyncSettings
from cli.settings import CliSettings
from cli.stack.certificates import CLI, EDGE, GATEWAY, Certificates
from cli.stack.models import models_of
from cli.stack.monitoring import log_of, metrics_of, monitors, require_free_metrics_ports
from cli.stack.ports import free_ports, require_free
from cli.stack.probes import GrpcHealth
from cli.stack.process import ProcessSpec
from cli.stack.state import Endpoints, StateFolder
from cli.stack.traces import traces_of
from cli.stack.transport import Transport, certificate_name
from fusion_svc.settings import FusionSettings
from image_svc.settings import ImageSettings
from kit.clock import Clock
from kit.models.settings import ModelSettings
from kit.settings import prefix_of
from metadata_svc.settings import MetadataSettings
from temporal_svc.settings import TemporalSettings

_LOOPBACK, _LOOPBACK_6 = "127.0.0.1", "::1"
_PORTS = ("port", "grpc_port", "image_port", "temporal_port", "av_sync_port", "metadata_port", "fusion_port")
_GATEWAY_STAGE, _DETECTOR_STAGE, _EDGE_STAGE = 0, 1, 2


def require_free_ports(settings: CliSettings) -> None:
    """Raises InvalidSettings for the first port of the stack that is taken."""
    require_free(settings.host, settings.port, "REST and the page", "--port")
    require_free(_LOOPBACK, settings.grpc_port, "the gateway's gRPC", "--grpc-port")
    require_free(_LOOPBACK, settings.image_port, "image_svc", "--image-port")
    require_free(_LOOPBACK, settings.temporal_port, "temporal_svc", "--temporal-port")
    require_free(_LOOPBACK, settings.av_sync_port, "av_sync_svc", "--av-sync-port")
    require_free(_LOOPBACK, settings.metadata_port, "metadata_svc", "--metadata-port")
    require_free(_LOOPBACK, settings.fusion_port, "fusion_svc", "--fusion-port")
    require_free_metrics_ports(settings)


def on_free_ports(settings: CliSettings) -> CliSettings:
    """The same stack where it meets no other, for a while and unwatched."""
    ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
    return settings.changed(**ports, monitoring=False, golden=None)


def endpoints(settings: CliSettings, pid: int, *, edge: bool) -> Endpoints:
    """Where the stack will be reached."""
    url = f"http://{_reachable(settings.host)}:{settings.port}" if edge else ""
    folder = str(StateFolder(settings.state.absolute()).certificates) if settings.mtls and edge else ""
    # The gateway's certificate has a name, no address.
    host = "localhost" if folder else _LOOPBACK
    services = {
        "image_svc": settings.image_port,
        "temporal_svc": settings.temporal_port,
        "av_sync_svc": settings.av_sync_port,
        "metadata_svc": settings.metadata_port,
        "fusion_svc": settings.fusion_port,
    }
    return Endpoints(
        pid=pid,
        url=url,
        grpc=f"{host}:{settings.grpc_port}",
        certificates=folder,
        services={name: f"{_LOOPBACK}:{port}" for name, port in services.items()},
    )


def certificates(settings: CliSettings, clock: Clock) -> Certificates:
    """The certificates of the stack, still to be made."""
    packages = ("image_svc", "temporal_svc", "av_sync_svc", "metadata_svc", "fusion_svc")
    names = (GATEWAY, EDGE, CLI, *map(certificate_name, packages))
    return Certificates(StateFolder(settings.state.absolute()).certificates, names, clock)


def plan(settings: CliSettings, *, edge: bool, papers: Certificates | None = None) -> list[ProcessSpec]:
    """Every process of the stack; without `edge` there is no Envoy, so no REST and no page; without `papers` no mTLS."""
    transport = Transport(papers)
    ports: tuple[tuple[str, type[ModelSettings], int], ...] = (
        ("image_svc", ImageSettings, settings.image_port),
        ("temporal_svc", TemporalSettings, settings.temporal_port),
        ("av_sync_svc", AvSyncSettings, settings.av_sync_port),
        ("metadata_svc", MetadataSettings, settings.metadata_port),
        ("fusion_svc", FusionSettings, settings.fusion_port),
    )
    detectors = [
        _service(package, prefix_of(service), port, _told(settings, package, service), transport)
        for package, service, port in ports
    ]
    edges = [_envoy(settings, transport)] if edge else []
    return [*detectors, _gateway(settings, transport), *edges, *monitors(settings, transport)]


def _told(settings: CliSettings, package: str, service: type[ModelSettings]) -> dict[str, str]:
    return models_of(settings, service) | traces_of(settings) | metrics_of(settings, package)


def _gateway(settings: CliSettings, transport: Transport) -> ProcessSpec:
    environment = {
        "STATE_DIR": str(settings.state.absolute()),
        "IMAGE_TARGET": transport.target("image_svc", settings.image_port),
        "TEMPORAL_TARGET": transport.target("temporal_svc", settings.temporal_port),
        "AV_SYNC_TARGET": transport.target("av_sync_svc", settings.av_sync_port),
        "METADATA_TARGET": transport.target("metadata_svc", settings.metadata_port),
        "FUSION_TARGET": transport.target("fusion_svc", settings.fusion_port),
        **transport.to_services(),
        **traces_of(settings),
        **metrics_of(settings, "gateway"),
        **log_of(settings),
    }
    return _service("gateway", "TELLTALE_GATEWAY_", settings.grpc_port, environment, transport, _GATEWAY_STAGE)


def _envoy(settings: CliSettings, transport: Transport) -> ProcessSpec:
    environment = {
        "HOST": settings.host,
        "GATEWAY_HOST": _LOOPBACK,
        "GATEWAY_PORT": str(settings.grpc_port),
        "FOLDER": str(settings.state.absolute() / "envoy"),
        **transport.to_gateway(),
        **traces_of(settings),
        **metrics_of(settings, "envoy"),
        # Who listens on more than loopback is called by names that nobody here can know.
        **({} if settings.host in {_LOOPBACK, _LOOPBACK_6} else {"PUBLIC_HOSTS": '["*"]'}),
    }
    probe = GrpcHealth(f"{_reachable(settings.host)}:{settings.port}")
    return ProcessSpec(
        "envoy",
        (sys.executable, "-m", "gateway.envoy"),
        probe,
        _prefixed("TELLTALE_ENVOY_", {"PORT": str(settings.port), **environment}),
        _EDGE_STAGE,
    )


def _service(
    package: str,
    prefix: str,
    port: int,
    environment: dict[str, str],
    transport: Transport,
    stop_stage: int = _DETECTOR_STAGE,
) -> ProcessSpec:
    return ProcessSpec(
        package,
        (sys.executable, "-m", package),
        transport.probe(package, port),
        _prefixed(prefix, {"HOST": _LOOPBACK, "PORT": str(port), **environment, **transport.server(package)}),
        stop_stage,
    )


def _prefixed(prefix: str, values: dict[str, str]) -> dict[str, str]:
    return {prefix + name: value for name, value in values.items()}


def _reachable(host: str) -> str:
    """The address, as it stands in a URL, that a client on this machine uses for a server that listens on `host`."""
    near = {"0.0.0.0": _LOOPBACK, "::": _LOOPBACK_6}.get(host, host)  # noqa: S104 - compared, not listened on
    return f"[{near}]" if ":" in near else near

"""Health in plain text on a port of its own: a cluster's probes speak gRPC, but neither TLS nor with a certificate."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc_health.v1 import health, health_pb2_grpc

from kit.errors import InvalidSettings
from kit.rpc.health import Health
from kit.rpc.options import SERVER_OPTIONS
from kit.settings import ServerSettings

# Whoever watches health holds a thread, and a probe must get through all the same.
_THREADS = 4


def open_probe_port(settings: ServerSettings, healthy: Health) -> grpc.Server | None:
    """A started server that tells health and nothing else; None where `health_port` is 0. Raises InvalidSettings."""
    if not settings.health_port:
        return None
    server = grpc.server(
        ThreadPoolExecutor(_THREADS, thread_name_prefix="probe"),
        options=SERVER_OPTIONS,
        maximum_concurrent_rpcs=_THREADS,
    )
    healthy.tell_at(server)
    _bind(server, settings)
    server.start()
    return server


async def open_aio_probe_port(settings: ServerSettings, healthy: health.aio.HealthServicer) -> grpc.aio.Server | None:
    """The same for servers on asyncio."""
    if not settings.health_port:
        return None
    server = grpc.aio.server(options=SERVER_OPTIONS, maximum_concurrent_rpcs=_THREADS)
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    _bind(server, settings)
    await server.start()
    return server


def _bind(server: grpc.Server | grpc.aio.Server, settings: ServerSettings) -> None:
    address = f"{settings.host}:{settings.health_port}"
    try:
        server.add_insecure_port(address)
    except RuntimeError as error:
        raise InvalidSettings(
            f"cannot tell health at {address}: is the port taken? Choose another health_port"
        ) from error

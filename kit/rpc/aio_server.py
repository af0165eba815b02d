"""Bootstrap of an asyncio gRPC server, for the gateway, which holds many idle streams."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from kit.errors import InvalidSettings
from kit.log import get_logger, service_name
from kit.rpc.callers import only_for
from kit.rpc.credentials import server_credentials
from kit.rpc.guard import Refuse, guard_aio
from kit.rpc.health import AioHealth
from kit.rpc.metering import LIMIT, MeteredCalls
from kit.rpc.options import SERVER_OPTIONS
from kit.rpc.probes import open_aio_probe_port
from kit.rpc.readable import ReadableRequests
from kit.settings import ServerSettings
from kit.telemetry import announce, served
from kit.telemetry.tracing import recorded


@dataclass(frozen=True)
class AioServiceBinding:
    """One service of a server: its contract, grpc's generated `add_…_to_server`, an asyncio servicer, who hears of refusals."""

    descriptor: ServiceDescriptor
    add: Callable[[Any, Any], None]
    servicer: object
    refuse: Refuse | None = None


class RunningAioServer:
    """A started server."""

    def __init__(
        self,
        server: grpc.aio.Server,
        healthy: health.aio.HealthServicer,
        port: int,
        drain_s: float,
        probes: grpc.aio.Server | None = None,
    ) -> None:
        self._server = server
        self._health = healthy
        self._probes = probes
        self._drain_s = drain_s
        self.port = port

    async def stop(self) -> None:
        """Says NOT_SERVING, lets calls at work end for `drain_s`, then returns."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(self._drain_s)
        if self._probes is not None:
            await self._probes.stop(0)


async def start_aio(
    settings: ServerSettings,
    services: Sequence[AioServiceBinding],
    interceptors: Sequence[grpc.aio.ServerInterceptor] = (),
) -> RunningAioServer:
    """Starts a server and returns when it is SERVING. Raises InvalidSettings when the address cannot be bound."""
    names = [service.descriptor.full_name for service in services]
    LIMIT.set(settings.max_concurrent_calls)
    server = grpc.aio.server(
        interceptors=[MeteredCalls(), ReadableRequests(names), *interceptors],
        options=SERVER_OPTIONS,
        maximum_concurrent_rpcs=settings.max_concurrent_calls,
    )
    for service in services:
        servicer = only_for(settings.tls_client_names, service.servicer, service.descriptor)
        service.add(guard_aio(servicer, service.descriptor, service.refuse), server)
    healthy = AioHealth()
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    reflection.enable_server_reflection([*names, "grpc.health.v1.Health", reflection.SERVICE_NAME], server)
    port = _bind(server, settings)
    probes = await open_aio_probe_port(settings, healthy)
    await server.start()
    for name in ("", *names):
        await healthy.set(name, health_pb2.HealthCheckResponse.SERVING)
    return RunningAioServer(server, healthy, port, settings.drain_s, probes)


async def serve_aio(
    settings: ServerSettings,
    services: Sequence[AioServiceBinding],
    interceptors: Sequence[grpc.aio.ServerInterceptor] = (),
) -> None:
    """Runs a server until SIGTERM or SIGINT, then drains. The process configures its log before."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    announce(service_name())
    traces = recorded(service_name(), settings.otlp_endpoint, settings.trace_share)
    with served(settings.metrics_host, settings.metrics_port), traces:
        running = await start_aio(settings, services, interceptors)
        get_logger().info("serving", host=settings.host, port=running.port)
        await stopped.wait()
        await running.stop()
    get_logger().info("stopped")


def _bind(server: grpc.aio.Server, settings: ServerSettings) -> int:
    address = f"{settings.host}:{settings.port}"
    credentials = server_credentials(settings)
    try:
        if credentials is None:
            return int(server.add_insecure_port(address))
        return int(server.add_secure_port(address, credentials))
    except RuntimeError as error:
        raise InvalidSettings(
            f"cannot listen on {address}: is the port taken? Choose another by its setting"
        ) from error

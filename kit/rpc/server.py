"""Bootstrap of a sync gRPC server: guard, health after warm-up, reflection, limits, optional TLS, graceful drain."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_reflection.v1alpha import reflection

from kit.clock import SystemClock
from kit.errors import InvalidSettings
from kit.log import get_logger, service_name
from kit.rpc.callers import only_for
from kit.rpc.credentials import server_credentials
from kit.rpc.guard import guard
from kit.rpc.health import Health
from kit.rpc.interceptors import CallInterceptor
from kit.rpc.metering import LIMIT
from kit.rpc.options import SERVER_OPTIONS
from kit.rpc.probes import open_probe_port
from kit.settings import ServerSettings
from kit.telemetry import announce, served
from kit.telemetry.tracing import recorded

# Health and reflection must answer while every place for work is taken.
_SPARE_THREADS = 4


@dataclass(frozen=True)
class ServiceBinding:
    """One service of a server: its contract, grpc's generated `add_…_to_server`, and the servicer.

    Methods in `callers` are for callers whose certificate has one of the names there, whatever tls_client_names says.
    """

    descriptor: ServiceDescriptor
    add: Callable[[Any, grpc.Server], None]
    servicer: object
    callers: Mapping[str, Sequence[str]] = field(default_factory=dict)


class RunningServer:
    """A started server."""

    def __init__(
        self, server: grpc.Server, health: Health, port: int, drain_s: float, probes: grpc.Server | None = None
    ) -> None:
        self._server = server
        self._health = health
        self._probes = probes
        self._drain_s = drain_s
        self.port = port

    def stop(self) -> None:
        """Says NOT_SERVING, lets calls at work end for `drain_s`, then returns."""
        self._health.drain()
        self._server.stop(self._drain_s).wait()
        if self._probes is not None:
            self._probes.stop(0).wait()


def start(
    settings: ServerSettings,
    services: Sequence[ServiceBinding],
    warm_up: Callable[[], None] = lambda: None,
    health: Health | None = None,
) -> RunningServer:
    """Starts a server and returns when it is warm and SERVING. It listens before: a probe then reads NOT_SERVING.

    `health` is new and of this server alone; who gives it can ask it how the server is.

    Raises:
        InvalidSettings: the address cannot be bound, or TLS files are wrong.
    """
    pool = ThreadPoolExecutor(settings.max_concurrent_calls + _SPARE_THREADS, thread_name_prefix="rpc")
    interceptor = CallInterceptor(SystemClock(), settings.max_concurrent_calls)
    LIMIT.set(settings.max_concurrent_calls)
    server = grpc.server(pool, interceptors=[interceptor], options=SERVER_OPTIONS)
    names = [service.descriptor.full_name for service in services]
    for service in services:
        servicer = only_for(settings.tls_client_names, service.servicer, service.descriptor, service.callers)
        service.add(guard(servicer, service.descriptor), server)
    health = health or Health()
    health.add_to(server, names)
    reflection.enable_server_reflection([*names, "grpc.health.v1.Health", reflection.SERVICE_NAME], server)
    port = _bind(server, settings)
    probes = open_probe_port(settings, health)
    server.start()
    warm_up()
    health.serving()
    return RunningServer(server, health, port, settings.drain_s, probes)


def serve(
    settings: ServerSettings,
    services: Sequence[ServiceBinding],
    warm_up: Callable[[], None] = lambda: None,
    health: Health | None = None,
) -> None:
    """Runs a server until SIGTERM or SIGINT, then drains. The main thread of a process calls it, with its log configured."""
    wait_for_stop = _on_stop_signal()
    announce(service_name())
    traces = recorded(service_name(), settings.otlp_endpoint, settings.trace_share)
    with served(settings.metrics_host, settings.metrics_port), traces:
        running = start(settings, services, warm_up, health)
        # What is loaded by now mostly stays. Else every full collection would look through all of it, in the middle of calls.
        gc.collect()
        gc.freeze()
        get_logger().info("serving", host=settings.host, port=running.port)
        wait_for_stop()
        running.stop()
    get_logger().info("stopped")


def _on_stop_signal() -> Callable[[], None]:
    """Catches SIGTERM and SIGINT from now on; the answer waits for the first of them, also for one that came before."""
    # A pipe, not an Event: a handler runs in the main thread, which may hold the lock of an Event that it waits for.
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os.write(write_end, b"."))

    def wait() -> None:
        os.read(read_end, 1)

    return wait


def _bind(server: grpc.Server, settings: ServerSettings) -> int:
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

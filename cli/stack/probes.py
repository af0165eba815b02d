"""How to find out that a process is ready."""

from __future__ import annotations

import asyncio
import http.client
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from kit.rpc.channel import open_aio_channel
from kit.rpc.credentials import ClientTls

_PROBE_TIMEOUT_S = 2.0


class Probe(Protocol):
    """Asks once; a process that does not answer yet is simply not ready."""

    async def ready(self) -> bool:
        """Whether the process serves."""
        ...


@dataclass(frozen=True)
class GrpcHealth:
    """The standard gRPC health service at `target` says SERVING. Asked through Envoy it proves the whole way in."""

    target: str
    tls: ClientTls | None = None

    async def ready(self) -> bool:
        """Whether the process serves."""
        async with open_aio_channel(self.target, self.tls) as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            try:
                answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=_PROBE_TIMEOUT_S)
            except grpc.aio.AioRpcError:
                return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


@dataclass(frozen=True)
class HttpAnswers:
    """A GET of `path` is answered by 200."""

    host: str
    port: int
    path: str

    async def ready(self) -> bool:
        """Whether the process serves."""
        return await asyncio.to_thread(self._answers)

    def _answers(self) -> bool:
        with closing(http.client.HTTPConnection(self.host, self.port, timeout=_PROBE_TIMEOUT_S)) as connection:
            try:
                connection.request("GET", self.path)
                return connection.getresponse().status == http.client.OK
            except (OSError, http.client.HTTPException):
                return False

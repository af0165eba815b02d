"""Health that says SERVING only after warm-up and stops saying it when the server drains."""

from __future__ import annotations

from collections.abc import Iterable

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

_STATUS = health_pb2.HealthCheckResponse


class Health:
    """The health of a process and of each service in it."""

    def __init__(self) -> None:
        self._servicer = health.HealthServicer()
        self._names = [""]
        self._is_serving = False

    @property
    def is_serving(self) -> bool:
        """Whether the process is warm and not on its way out."""
        return self._is_serving

    def add_to(self, server: grpc.Server, names: Iterable[str]) -> None:
        """Adds the standard health service to a sync server that has these services; nothing is SERVING yet. Once."""
        self._names += names
        self.tell_at(server)
        self._set(_STATUS.NOT_SERVING)

    def tell_at(self, server: grpc.Server) -> None:
        """Has another server tell the same, too."""
        health_pb2_grpc.add_HealthServicer_to_server(self._servicer, server)

    def serving(self) -> None:
        """After warm-up."""
        self._is_serving = True
        self._set(_STATUS.SERVING)

    def drain(self) -> None:
        """On the way out; cannot be taken back."""
        self._is_serving = False
        self._servicer.enter_graceful_shutdown()

    def _set(self, status: int) -> None:
        for name in self._names:
            self._servicer.set(name, status)


class AioHealth(health.aio.HealthServicer):
    """The library's servicer with the method that it leaves out: anybody's call of that would be an error in our log."""

    async def List(  # noqa: N802 - the contract's name
        self, _request: health_pb2.HealthListRequest, _context: grpc.aio.ServicerContext
    ) -> health_pb2.HealthListResponse:
        """The health of the process and of each service in it."""
        statuses = {name: _STATUS(status=status) for name, status in self._server_status.items()}
        return health_pb2.HealthListResponse(statuses=statuses)

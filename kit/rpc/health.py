"""Health that says SERVING only after warm-up and stops saying it when the server drains."""

from __future__ import annotations

from collections.abc import Iterable

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

_STATUS = health_pb2.HealthCheckResponse


class Health:
    """The health of a process and of each service in it."""

    def __init__(self, servicer: health.HealthServicer, names: Iterable[str]) -> None:
        self._servicer = servicer
        self._names = ["", *names]

    def not_serving(self) -> None:
        """Before warm-up."""
        self._set(_STATUS.NOT_SERVING)

    def serving(self) -> None:
        """After warm-up."""
        self._set(_STATUS.SERVING)

    def drain(self) -> None:
        """On the way out; cannot be taken back."""
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


def add_health(server: grpc.Server, names: Iterable[str]) -> Health:
    """Adds the standard health service to a sync server; nothing is SERVING yet."""
    servicer = health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    state = Health(servicer, names)
    state.not_serving()
    return state

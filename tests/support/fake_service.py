"""What every fake service can be told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import grpc

from kit.errors import TelltaleError
from kit.rpc.basis import BASIS
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc


@dataclass
class Fake:
    """What all fakes can be told.

    Attributes:
        go_on: cleared: the call hangs until it is set.
        error: raised in the middle of the call.
        breaks_off: the connection ends in the middle, as when a process is killed.
        received: the bytes of every call.
        basis: by what it says that it answers; it does not say when empty.
        basis_next: by what it answers after it has been asked for that the next time.
        says: cleared: it does not say by what it answers until it is set.
        started, cancelled: set when a call has begun, and when its caller has gone away.
    """

    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    error: TelltaleError | None = None
    breaks_off: bool = False
    received: list[bytes] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    basis: str = ""
    basis_next: str = ""
    says: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.go_on.set()
        self.says.set()

    async def begin(self, context: grpc.aio.ServicerContext) -> None:
        if self.basis:
            await context.send_initial_metadata(((BASIS, self.basis),))

    async def middle(self, context: grpc.aio.ServicerContext) -> None:
        self.started.set()
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        if self.error is not None:
            raise self.error
        if self.breaks_off:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "Socket closed")


class FakeModels(model_service_pb2_grpc.ModelServiceServicer):
    """Tells by what a fake answers."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    async def GetBasis(
        self, request: model_service_pb2.GetBasisRequest, context: grpc.aio.ServicerContext
    ) -> model_service_pb2.GetBasisResponse:
        await self._fake.says.wait()
        told = self._fake.basis
        self._fake.basis, self._fake.basis_next = self._fake.basis_next or told, ""
        return model_service_pb2.GetBasisResponse(basis=told)

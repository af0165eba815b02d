"""What every fake service can be told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import grpc

from kit.errors import TelltaleError


@dataclass
class Fake:
    """What all fakes can be told.

    Attributes:
        go_on: cleared: the call hangs until it is set.
        error: raised in the middle of the call.
        breaks_off: the connection ends in the middle, as when a process is killed.
        received: the bytes of every call.
        started, cancelled: set when a call has begun, and when its caller has gone away.
    """

    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    error: TelltaleError | None = None
    breaks_off: bool = False
    received: list[bytes] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.go_on.set()

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

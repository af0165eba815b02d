"""How far an analysis is, on its way to those who watch it: at once in this process, a little later in others."""

from __future__ import annotations

import asyncio
from types import TracebackType

from gateway.orders.bulletin import Bulletin
from gateway.storage.work_repository import WorkRepository
from kit.errors import TelltaleError
from kit.log import get_logger
from telltale.gateway.v1 import resources_pb2

INTERVAL_S = 1.0
"""Least time between two steps that are stored."""


class Progress:
    """Publishes the steps of one analysis while its context is open."""

    def __init__(self, rows: WorkRepository, bulletin: Bulletin, *, stored: bool) -> None:
        self._rows = rows
        self._bulletin = bulletin
        self._stored = stored
        self._latest: resources_pb2.Analysis | None = None
        self._storing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Progress:
        if self._stored:
            self._storing = asyncio.create_task(self._keep_storing())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._storing is not None:
            self._storing.cancel()
            # Not awaited itself: who is cancelled at this moment could not tell whose cancellation comes out of it.
            await asyncio.wait({self._storing})

    def publish(self, step: resources_pb2.Analysis) -> None:
        """A step."""
        self._latest = step
        self._bulletin.publish(step)

    async def _keep_storing(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL_S)
            step, self._latest = self._latest, None
            if step is None:
                continue
            try:
                await self._rows.show(step)
            except TelltaleError as error:
                get_logger().warning("a step could not be stored; the next one will be", problem=error.message)

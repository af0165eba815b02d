"""How long the queue of analyses is, for the metrics."""

from __future__ import annotations

from gateway.ids import time_of
from gateway.metrics import OLDEST_WAITING_SECONDS, WAITING
from gateway.storage.work_repository import WorkRepository
from kit.clock import Clock


class QueueGauge:
    """Looks at the queue of all gateways on one database."""

    def __init__(self, rows: WorkRepository, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    async def look(self) -> None:
        """One look. Raises StorageUnavailable."""
        waiting, oldest = await self._rows.queue()
        waited_s = (self._clock.now() - time_of(oldest)).total_seconds() if oldest else 0.0
        WAITING.set(waiting)
        OLDEST_WAITING_SECONDS.set(max(0.0, waited_s))

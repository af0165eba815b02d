"""Hands the engine notifications that are due: those whose last attempt is long ago, and those that a crash kept from it."""

from __future__ import annotations

from datetime import timedelta

from gateway.jobs.engine import Engine, Job
from gateway.storage.repository import NotificationRepository
from kit.clock import Clock

PATIENCE = timedelta(minutes=1)
"""Who is overdue by that much has no job, or is at work; both are safe to hand over again."""

# Those that are at work or wait are among them each time, and must not fill it.
BATCH = 1000
_PRIORITY = 1


class Reminder:
    """Looks for them."""

    def __init__(self, rows: NotificationRepository, engine: Engine, clock: Clock) -> None:
        self._rows = rows
        self._engine = engine
        self._clock = clock

    async def sweep(self) -> int:
        """Submits notifications that are overdue; how many there were. Raises StorageUnavailable."""
        overdue = await self._rows.overdue(self._clock.now() - PATIENCE, BATCH)
        if overdue:
            await self._engine.renew([Job("notification", each, turn, _PRIORITY) for each, turn in overdue])
        return len(overdue)

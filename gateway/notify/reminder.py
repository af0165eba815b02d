"""Hands the engine notifications that nobody has handed over: a process died between ending an analysis and saying so."""

from __future__ import annotations

from datetime import timedelta

from gateway.jobs.engine import Engine, Job
from gateway.storage.repository import NotificationRepository
from kit.clock import Clock

PATIENCE = timedelta(minutes=1)
"""Who is overdue by that much was forgotten, or is at work; both are safe to hand over again."""

BATCH = 100
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
            await self._engine.submit([Job("notification", each, turn, _PRIORITY) for each, turn in overdue])
        return len(overdue)

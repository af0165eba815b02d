"""Looks after orders that nobody looks after: those that lost their job to a crash, and those that came too late."""

from __future__ import annotations

from datetime import timedelta

from gateway.ids import id_in
from gateway.jobs.engine import Engine, job_id
from gateway.orders.desk import job_of
from gateway.orders.endings import Endings
from gateway.storage.work_repository import WorkRepository
from kit.clock import Clock
from kit.errors import DeadlineExceeded

PATIENCE = timedelta(seconds=10)
"""Between an order's row and its job lie milliseconds; what is older and has no job lost it."""

BATCH = 200


class Foreman:
    """Sweeps through orders that have not ended. Several may do so at once."""

    def __init__(self, rows: WorkRepository, engine: Engine, endings: Endings, clock: Clock) -> None:
        self._rows = rows
        self._engine = engine
        self._endings = endings
        self._clock = clock

    async def sweep(self) -> None:
        """One round. Raises StorageUnavailable."""
        await self._end_overdue()
        await self._hand_over()

    async def _end_overdue(self) -> None:
        while overdue := await self._rows.overdue(self._clock.now(), BATCH):
            for commission in overdue:
                await self._endings.fail(commission, DeadlineExceeded("the answer was not wanted any longer"))
            await self._engine.cancel([job_id("analysis", id_in(each.analysis.name)) for each in overdue])

    async def _hand_over(self) -> None:
        before, after = self._clock.now() - PATIENCE, ""
        while orders := await self._rows.unended(before, BATCH, after):
            # What waits or is at work is left as it is. A job that has ended without its order is one that something broke off.
            await self._engine.renew([job_of(commission) for commission in orders])
            after = id_in(orders[-1].analysis.name)

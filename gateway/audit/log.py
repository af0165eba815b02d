"""The log as a gateway writes it: many calls in one transaction, each one waiting until its entry is on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from gateway.audit.entry import OK, Event
from gateway.audit.strangers import Strangers
from gateway.metrics import AUDIT_WRITE_SECONDS
from gateway.storage.times import to_ms
from gateway.uninterrupted import uninterrupted
from kit.clock import Clock
from kit.errors import StorageUnavailable, TelltaleError
from kit.log import get_logger

MOST_AT_ONCE = 500
PAUSE_S = 1.0
"""After a failure it is not tried again for that long."""

_FAILURES = (OSError, TelltaleError, DBAPIError)


class AuditRows(Protocol):
    """The chain of a database."""

    async def append(self, events: Sequence[Event]) -> None:
        """Puts events behind the last entry; on the disk when this has returned. Raises StorageFull, Overloaded, …"""
        ...


class AuditLog:
    """Writes events.

    While one transaction is being written, the events of other calls gather for the next. What cannot be written stays in memory
    and is tried again; until that succeeds no call is let in, so it is no more than the calls that were under way.
    """

    def __init__(self, rows: AuditRows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock
        self._strangers = Strangers()
        self._waiting: list[Event] = []
        self._taken = 0
        self._written = 0
        self._writer: asyncio.Task[None] | None = None
        self._failed_s: float | None = None

    async def ready(self) -> None:
        """Returns at once as long as the log can be written. Raises StorageUnavailable."""
        if self._failed_s is None:
            return
        if self._writer is None and self._clock.monotonic_s() < self._failed_s + PAUSE_S:
            raise _unavailable()
        await self._until_written(self._taken)

    async def record(self, event: Event) -> None:
        """Returns when the event is on the disk. Raises StorageUnavailable; then it is tried again with the next ones."""
        if not self._strangers.counts(event):
            await self._write_all([event])

    async def tell(self, method: str, *resources: str, owner: str = "") -> None:
        """Records what happened without a call. Raises StorageUnavailable, as `record` does."""
        now_ms = to_ms(self._clock.now())
        await self.record(Event(now_ms, method, OK, owner=owner, resources=resources))

    async def tell_later(self, method: str, *resources: str, owner: str = "") -> None:
        """The same for what must happen whether the log can be written or not: what has expired goes in any case."""
        with suppress(StorageUnavailable):
            await self.tell(method, *resources, owner=owner)

    async def sum_up(self) -> None:
        """Writes what was counted of strangers. Raises StorageUnavailable, as `record` does."""
        await self._write_all(self._strangers.sums(to_ms(self._clock.now())))

    async def _write_all(self, events: Sequence[Event]) -> None:
        self._waiting += events
        self._taken += len(events)
        await self._until_written(self._taken)

    @uninterrupted
    async def _until_written(self, number: int) -> None:
        while self._written < number:
            if self._writer is None:
                self._writer = asyncio.create_task(self._write())
            await asyncio.shield(self._writer)

    async def _write(self) -> None:
        batch, written = self._waiting[:MOST_AT_ONCE], False
        try:
            with AUDIT_WRITE_SECONDS.timing():
                await self._rows.append(batch)
            written = True
        except _FAILURES as error:
            get_logger().error("the audit log cannot be written; calls are refused until it can", problem=str(error))
            raise _unavailable() from error
        finally:
            self._writer = None
            # Also after an error that nobody expects: calls that were let in all the same would fill the memory.
            self._failed_s = None if written else self._clock.monotonic_s()
        del self._waiting[: len(batch)]
        self._written += len(batch)


@asynccontextmanager
async def presence(audit: AuditLog, gateway_id: str) -> AsyncIterator[None]:
    """Notes that a gateway starts and stops.

    A start without its stop says that the gateway was killed: calls that were under way then, and had not been answered, have no
    entry. Raises StorageUnavailable: a gateway that cannot write the log does not start.
    """
    name = f"gateways/{gateway_id}"
    await audit.tell("StartGateway", name)
    try:
        yield
    finally:
        with suppress(StorageUnavailable):
            await audit.sum_up()
        await audit.tell_later("StopGateway", name)


def _unavailable() -> StorageUnavailable:
    return StorageUnavailable(
        "the audit log cannot be written, and nothing is done without it; try again in a moment", retry_after_s=PAUSE_S
    )

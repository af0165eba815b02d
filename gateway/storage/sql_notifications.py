"""Rows of notifications in SQL."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import id_in
from gateway.notify.letter import body
from gateway.storage.database import Database
from gateway.storage.records import Notification, NotificationEnd
from gateway.storage.tables import analyses
from gateway.storage.tables import notifications as table
from gateway.storage.times import from_ms, to_ms
from gateway.uninterrupted import uninterrupted
from telltale.gateway.v1 import resources_pb2

_PENDING = "pending"


async def add_notification(connection: AsyncConnection, analysis: resources_pb2.Analysis) -> str:
    """Writes, in the transaction that ends an analysis, who is to be told of that; its id, empty when nobody is.

    The row's `notify_url` says who; `analysis` has its last state and its complete time.
    """
    analysis_id, ended_ms = id_in(analysis.name), analysis.complete_time.ToMilliseconds()
    url = await connection.scalar(select(analyses.c.notify_url).where(analyses.c.id == analysis_id))
    if not url:
        return ""
    # Not the id of the analysis: one that failed may be taken up again, and ends once more then.
    notification_id = secrets.token_hex(13)
    row = {
        "id": notification_id,
        "analysis_id": analysis_id,
        "url": url,
        "body": body(analysis),
        "state": _PENDING,
        "attempts": 0,
        "create_time_ms": ended_ms,
        "next_time_ms": ended_ms,
    }
    await connection.execute(insert(table).values(row))
    return notification_id


class SqlNotifications:
    """`NotificationRepository` on a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @uninterrupted
    async def pending(self, notification_id: str) -> Notification | None:
        """The row, while it is pending."""
        joined = select(table, analyses.c.traceparent).join(analyses, analyses.c.id == table.c.analysis_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(joined.where(_pending(notification_id)))).first()
        if row is None:
            return None
        times = (from_ms(row.create_time_ms), from_ms(row.next_time_ms))
        return Notification(row.id, row.url, row.body, row.attempts, *times, row.traceparent)

    @uninterrupted
    async def postpone(self, notification_id: str, now: datetime, wait_s: float) -> None:
        """Counts an attempt, and sets the time of the next one."""
        then_ms = to_ms(now + timedelta(seconds=wait_s))
        values = {"attempts": table.c.attempts + 1, "next_time_ms": then_ms}
        async with self._database.writing() as connection:
            await connection.execute(update(table).where(_pending(notification_id)).values(values))

    @uninterrupted
    async def end(self, notification_id: str, how: NotificationEnd) -> None:
        """Ends it."""
        async with self._database.writing() as connection:
            values = {"attempts": table.c.attempts + 1, "state": how}
            await connection.execute(update(table).where(_pending(notification_id)).values(values))

    @uninterrupted
    async def overdue(self, before: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Pending rows whose time was before a moment."""
        shown = (table.c.id, analyses.c.token_id, analyses.c.owner)
        joined = select(*shown).join(analyses, analyses.c.id == table.c.analysis_id)
        waiting = (table.c.state == _PENDING) & (table.c.next_time_ms < to_ms(before))
        async with self._database.reading() as connection:
            rows = await connection.execute(joined.where(waiting).order_by(table.c.next_time_ms).limit(limit))
            return [(notification_id, token_id or owner) for notification_id, token_id, owner in rows]


def _pending(notification_id: str) -> ColumnElement[bool]:
    return (table.c.id == notification_id) & (table.c.state == _PENDING)

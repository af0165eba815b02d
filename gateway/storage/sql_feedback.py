"""What owners learned of their media, in SQL. What we had answered is read from the analysis beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import analysis_name, feedback_name, id_in
from gateway.paging import Page
from gateway.storage.database import Database, few_at_once
from gateway.storage.tables import analyses
from gateway.storage.tables import feedback as table
from gateway.storage.times import from_ms, to_ms, to_timestamp
from gateway.uninterrupted import uninterrupted
from kit.clock import Clock
from kit.errors import NotFound
from telltale.gateway.v1 import resources_pb2


class SqlFeedback:
    """`FeedbackRepository` on a SQL database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @uninterrupted
    async def put(self, owner: str, feedback: resources_pb2.Feedback) -> None:
        """Updates the row, or inserts it. Raises NotFound, StorageFull."""
        analysis_id = id_in(feedback.name)
        values = {
            "truth": feedback.truth,
            "comment": feedback.comment,
            "update_time_ms": feedback.update_time.ToMilliseconds(),
        }
        async with self._database.writing() as connection:
            await _require_verdict(connection, self._live(owner), analysis_id)
            updated = await connection.execute(update(table).where(table.c.analysis_id == analysis_id).values(values))
            if not updated.rowcount:
                await connection.execute(insert(table).values(analysis_id=analysis_id, **values))

    @uninterrupted
    async def get(self, owner: str, analysis_id: str) -> resources_pb2.Feedback:
        """One row. Raises NotFound."""
        async with self._database.reading() as connection:
            return await _get(connection, self._live(owner), analysis_id)

    @uninterrupted
    async def delete(self, owner: str, analysis_id: str) -> None:
        """Deletes the row. Raises NotFound."""
        async with self._database.writing() as connection:
            await _get(connection, self._live(owner), analysis_id)
            await connection.execute(delete(table).where(table.c.analysis_id == analysis_id))
        await self._database.forget()

    @uninterrupted
    async def page(self, owner: str, page: Page) -> Sequence[resources_pb2.Feedback]:
        """Rows, newest analysis first; one more than asked for when more follow."""
        wanted = self._live(owner)
        if page.before is not None:
            wanted &= table.c.analysis_id < page.before
        query = _rows(wanted).order_by(table.c.analysis_id.desc()).limit(page.size + 1)
        async with self._database.reading() as connection, few_at_once(connection, query) as rows:
            return [_feedback(row) async for row in rows]

    def _live(self, owner: str) -> ColumnElement[bool]:
        return (analyses.c.owner == owner) & (analyses.c.expire_time_ms > to_ms(self._clock.now()))


async def _require_verdict(connection: AsyncConnection, live: ColumnElement[bool], analysis_id: str) -> None:
    # Locked where databases know that, so that of two calls at once only one inserts.
    judged = analyses.c.state == resources_pb2.ANALYSIS_STATE_SUCCEEDED
    mine = live & (analyses.c.id == analysis_id)
    if await connection.scalar(select(analyses.c.id).where(mine & judged).with_for_update()) is None:
        name = analysis_name(analysis_id)
        raise NotFound(f"You have no {name} with a verdict; it may have expired.", name=name)


async def _get(connection: AsyncConnection, live: ColumnElement[bool], analysis_id: str) -> resources_pb2.Feedback:
    row = (await connection.execute(_rows(live & (table.c.analysis_id == analysis_id)))).first()
    if row is None:
        name = feedback_name(analysis_id)
        raise NotFound(f"You have no {name}; nothing was said of it, or it has expired.", name=name)
    return _feedback(row)


def _rows(wanted: ColumnElement[bool]) -> Select[Any]:
    return select(table, analyses.c.document).join(analyses, analyses.c.id == table.c.analysis_id).where(wanted)


def _feedback(row: Row[Any]) -> resources_pb2.Feedback:
    analysis = resources_pb2.Analysis.FromString(row.document)
    return resources_pb2.Feedback(
        name=feedback_name(row.analysis_id),
        truth=row.truth,
        comment=row.comment,
        update_time=to_timestamp(from_ms(row.update_time_ms)),
        media_sha256=analysis.info.sha256,
        label=analysis.verdict.label,
        risk_score=analysis.verdict.risk_score,
        fusion_model=analysis.verdict.replay.fusion_model,
    )

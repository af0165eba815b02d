"""Rows of analyses in SQL, as those see them who make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import id_in, lowest_id
from gateway.storage.database import Database
from gateway.storage.evidence import EvidenceFiles
from gateway.storage.records import Commission, Ending, Terms
from gateway.storage.sql_analyses import EVIDENCE, UNENDED, columns_of, columns_of_terms, evidence_in
from gateway.storage.sql_notifications import add_notification
from gateway.storage.tables import analyses as table
from gateway.storage.tables import partial_results
from gateway.storage.times import from_ms, to_ms
from gateway.uninterrupted import uninterrupted
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2

_RUNNING = resources_pb2.ANALYSIS_STATE_RUNNING


class SqlWork:
    """`WorkRepository` on a SQL database."""

    def __init__(self, database: Database, evidence: EvidenceFiles) -> None:
        self._database = database
        self._evidence = evidence

    @uninterrupted
    async def queue(self) -> tuple[int, str]:
        """How many analyses wait, and the oldest of them."""
        query = select(func.count(), func.min(table.c.id)).where(table.c.state == resources_pb2.ANALYSIS_STATE_QUEUED)
        async with self._database.reading() as connection:
            waiting, oldest = (await connection.execute(query)).one()
        return waiting, oldest or ""

    @uninterrupted
    async def take_up(self, analysis_id: str) -> Commission | None:
        """The row, from now on running; None when it has ended or is gone."""
        async with self._database.writing() as connection:
            query = _commissions((table.c.id == analysis_id) & UNENDED).with_for_update()
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            taken = _commission(row)
            taken.analysis.state = _RUNNING
            await _change(connection, UNENDED, taken.analysis)
        return taken

    @uninterrupted
    async def commission(self, analysis_id: str) -> Commission | None:
        """The row as it is; None when it has ended or is gone."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_commissions((table.c.id == analysis_id) & UNENDED))).first()
        return None if row is None else _commission(row)

    @uninterrupted
    async def show(self, analysis: resources_pb2.Analysis) -> None:
        """Replaces the document of a running row that has not been examined: later ones hold more than a step does."""
        async with self._database.writing() as connection:
            await _change(connection, (table.c.state == _RUNNING) & table.c.evidence_key.is_(None), analysis)

    @uninterrupted
    async def parts(self, analysis_id: str) -> Mapping[str, bytes]:
        """What was kept, by name."""
        columns = partial_results.c
        query = select(columns.detector, columns.document).where(columns.analysis_id == analysis_id)
        async with self._database.reading() as connection:
            return {row.detector: row.document for row in await connection.execute(query)}

    @uninterrupted
    async def keep_part(self, analysis_id: str, name: str, document: bytes) -> None:
        """Inserts or replaces a part; does nothing when the row has ended or is gone."""
        columns = partial_results.c
        same = (columns.analysis_id == analysis_id) & (columns.detector == name)
        part = {"analysis_id": analysis_id, "detector": name, "document": document}
        running = select(table.c.id).where((table.c.id == analysis_id) & UNENDED)
        async with self._database.writing() as connection:
            # Locked where databases know that: nobody ends it, deletes it or keeps the same meanwhile.
            if await connection.scalar(running.with_for_update()) is not None:
                await connection.execute(delete(partial_results).where(same))
                await connection.execute(insert(partial_results).values(part))

    @uninterrupted
    async def examined(self, analysis: resources_pb2.Analysis, evidence: fusion_service_pb2.FuseRequest) -> None:
        """Stores the evidence, then names it in the running row and forgets its parts; leaves no file that no row names."""
        key = await self._evidence.put(evidence)
        async with self._database.writing() as connection:
            current = select(table.c.evidence_key).where((table.c.id == id_in(analysis.name)) & UNENDED)
            replaced = await connection.scalar(current.with_for_update())
            changed = await _change(connection, UNENDED, analysis, evidence_key=key)
            await _forget_parts(connection, id_in(analysis.name))
        superfluous = replaced if changed else key
        await self._evidence.delete([superfluous] if superfluous else [])

    @uninterrupted
    async def evidence(self, analysis_id: str) -> fusion_service_pb2.FuseRequest | None:
        """The evidence, when it is there."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(*EVIDENCE).where(table.c.id == analysis_id))).first()
        return None if row is None else await evidence_in(row, self._evidence)

    @uninterrupted
    async def examined_before(
        self, owner: str, sha256: str, now: datetime, limit: int
    ) -> Sequence[resources_pb2.Analysis]:
        """The newest ended rows of one owner about the same bytes that have evidence and have not expired."""
        # Rows under way may be examined anew between the reading of their document and that of their evidence.
        same = (table.c.owner == owner) & (table.c.sha256 == sha256) & ~UNENDED
        usable = table.c.evidence_key.is_not(None) & (table.c.expire_time_ms > to_ms(now))
        query = select(table.c.document).where(same & usable).order_by(table.c.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            return [resources_pb2.Analysis.FromString(document) for (document,) in await connection.execute(query)]

    @uninterrupted
    async def end(self, analysis: resources_pb2.Analysis) -> Ending:
        """Replaces the document of a row that has not ended, and notes whom to tell."""
        async with self._database.writing() as connection:
            if not await _change(connection, UNENDED, analysis):
                return Ending(done=False)
            await _forget_parts(connection, id_in(analysis.name))
            return Ending(done=True, notification_id=await add_notification(connection, analysis))

    @uninterrupted
    async def revive(self, analysis: resources_pb2.Analysis, terms: Terms) -> bool:
        """Puts a failed row back into the queue; whether it had failed."""
        failed = table.c.state == resources_pb2.ANALYSIS_STATE_FAILED
        async with self._database.writing() as connection:
            return await _change(connection, failed, analysis, **columns_of_terms(terms))

    @uninterrupted
    async def unended(self, before: datetime, limit: int, after: str = "") -> Sequence[Commission]:
        """Rows older than a moment that have not ended, oldest first, behind the id `after`."""
        older = (table.c.id < lowest_id(before)) & (table.c.id > after)
        return await self._some(UNENDED & older, limit)

    @uninterrupted
    async def overdue(self, now: datetime, limit: int) -> Sequence[Commission]:
        """Rows whose deadline is over and that have not ended."""
        return await self._some(UNENDED & (table.c.deadline_ms <= to_ms(now)), limit)

    async def _some(self, wanted: ColumnElement[bool], limit: int) -> Sequence[Commission]:
        async with self._database.reading() as connection:
            rows = await connection.execute(_commissions(wanted).order_by(table.c.id).limit(limit))
            return [_commission(row) for row in rows]


def _commissions(wanted: ColumnElement[bool]) -> Any:
    columns = table.c
    shown = (columns.owner, columns.document, columns.token_id, columns.language, columns.deadline_ms)
    return select(*shown, columns.notify_url, columns.traceparent).where(wanted)


def _commission(row: Row[Any]) -> Commission:
    deadline = None if row.deadline_ms is None else from_ms(row.deadline_ms)
    terms = Terms(row.token_id, row.language, deadline, row.notify_url, row.traceparent)
    return Commission(row.owner, resources_pb2.Analysis.FromString(row.document), terms)


async def _change(
    connection: AsyncConnection, still: ColumnElement[bool], analysis: resources_pb2.Analysis, **more: Any
) -> bool:
    wanted = (table.c.id == id_in(analysis.name)) & still
    values = {**columns_of(analysis), "revision": table.c.revision + 1, **more}
    return bool((await connection.execute(update(table).where(wanted).values(values))).rowcount)


async def _forget_parts(connection: AsyncConnection, analysis_id: str) -> None:
    await connection.execute(delete(partial_results).where(partial_results.c.analysis_id == analysis_id))

"""Rows of analyses in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, delete, insert, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import analysis_name, id_in
from gateway.paging import MAX_PAGE_BYTES, Page
from gateway.search import Search, folded
from gateway.storage.belongings import of_analyses
from gateway.storage.claims import add_claim, find_claim
from gateway.storage.database import Database, few_at_once
from gateway.storage.evidence import EvidenceFiles
from gateway.storage.records import Claim, Deletion, NewAnalysis, Terms
from gateway.storage.tables import analyses as table
from gateway.storage.tables import media
from gateway.storage.times import to_ms
from gateway.uninterrupted import uninterrupted
from kit.clock import Clock
from kit.errors import NotFound
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2

# There are three depths; who failed more often than that is better judged anew.
_UNJUDGED = 8
EVIDENCE = (table.c.evidence_key, table.c.evidence)
"""Where the evidence of a row is."""
UNENDED = table.c.state.in_((resources_pb2.ANALYSIS_STATE_QUEUED, resources_pb2.ANALYSIS_STATE_RUNNING))
"""Something will still happen to such a row."""


class SqlAnalyses:
    """`AnalysisRepository` on a SQL database."""

    def __init__(self, database: Database, evidence: EvidenceFiles, clock: Clock) -> None:
        self._database = database
        self._evidence = evidence
        self._clock = clock

    @uninterrupted
    async def add(self, owner: str, analyses: Sequence[NewAnalysis]) -> None:
        """Inserts the rows and their keys in one transaction. Raises NotFound, RequestIdTaken, StorageFull."""
        async with self._database.writing() as connection:
            for analysis, terms, claim in analyses:
                await _insert(connection, owner, analysis, terms)
                await add_claim(connection, owner, claim, analysis_id=id_in(analysis.name))

    @uninterrupted
    async def get(self, owner: str, analysis_id: str) -> resources_pb2.Analysis:
        """One row. Raises NotFound."""
        async with self._database.reading() as connection:
            return await _get(connection, self._live(owner), analysis_id)

    @uninterrupted
    async def newer(self, owner: str, analysis_id: str, revision: int) -> tuple[resources_pb2.Analysis, int] | None:
        """The row and its revision, when that is above `revision`. Raises NotFound."""
        async with self._database.reading() as connection:
            found = await _row(connection, [table.c.revision], self._live(owner), analysis_id)
            if found.revision <= revision:
                return None
            return await _get(connection, self._live(owner), analysis_id), found.revision

    @uninterrupted
    async def evidence(self, owner: str, analysis_id: str) -> fusion_service_pb2.FuseRequest | None:
        """What fusion was given; None before detection has ended. Raises NotFound."""
        async with self._database.reading() as connection:
            row = await _row(connection, EVIDENCE, self._live(owner), analysis_id)
        return await evidence_in(row, self._evidence)

    @uninterrupted
    async def claimed(self, owner: str, claim: Claim) -> resources_pb2.Analysis | None:
        """The row behind a key. Raises RequestIdReused."""
        async with self._database.reading() as connection:
            row = await find_claim(connection, owner, claim)
            return await _get(connection, self._live(owner), row.analysis_id) if row is not None else None

    @uninterrupted
    async def unjudged(self, owner: str, media_id: str) -> Sequence[resources_pb2.Analysis]:
        """The newest rows of a file with evidence and without a verdict."""
        examined = table.c.evidence_key.is_not(None) | table.c.evidence.is_not(None)
        failed = (table.c.state == resources_pb2.ANALYSIS_STATE_FAILED) & examined
        wanted = self._live(owner) & (table.c.media_id == media_id) & failed
        query = select(table.c.document).where(wanted).order_by(table.c.id.desc()).limit(_UNJUDGED)
        async with self._database.reading() as connection:
            return [resources_pb2.Analysis.FromString(document) for (document,) in await connection.execute(query)]

    @uninterrupted
    async def page(self, owner: str, page: Page, search: Search) -> Sequence[resources_pb2.Analysis]:
        """Rows that are looked for, newest first; one more than a page holds when more follow."""
        wanted = self._live(owner) & matching(search)
        if page.before is not None:
            wanted &= table.c.id < page.before
        query = select(table.c.document).where(wanted).order_by(table.c.id.desc()).limit(page.size + 1)
        found: list[resources_pb2.Analysis] = []
        used_bytes = 0
        async with self._database.reading() as connection, few_at_once(connection, query) as rows:
            async for (document,) in rows:
                found.append(resources_pb2.Analysis.FromString(document))
                used_bytes += found[-1].ByteSize()
                if used_bytes > MAX_PAGE_BYTES and len(found) > 1:
                    break
        return found

    @uninterrupted
    async def belongings(self, owner: str, analysis_id: str) -> Deletion:
        """What goes with the row. Raises NotFound."""
        async with self._database.reading() as connection:
            return await _belongings(connection, owner, analysis_id, locked=False)

    @uninterrupted
    async def delete(self, owner: str, analysis_id: str) -> Deletion:
        """Deletes the row with all that hangs on it. Raises NotFound."""
        async with self._database.writing() as connection:
            found = await _belongings(connection, owner, analysis_id, locked=True)
            await connection.execute(delete(table).where((table.c.owner == owner) & (table.c.id == analysis_id)))
        await self._database.forget()
        return found

    def _live(self, owner: str) -> ColumnElement[bool]:
        return (table.c.owner == owner) & (table.c.expire_time_ms > to_ms(self._clock.now()))


async def _insert(connection: AsyncConnection, owner: str, analysis: resources_pb2.Analysis, terms: Terms) -> None:
    row = {
        "id": id_in(analysis.name),
        "owner": owner,
        "media_id": id_in(analysis.media),
        "revision": 1,
        # Null, and refused, when the media are gone.
        "expire_time_ms": select(media.c.expire_time_ms).where(media.c.id == id_in(analysis.media)).scalar_subquery(),
        **columns_of(analysis),
        **columns_of_terms(terms),
    }
    try:
        await connection.execute(insert(table).values(row))
    except IntegrityError as error:
        raise NotFound(f"{analysis.media} was deleted meanwhile", name=analysis.media) from error


def columns_of_terms(terms: Terms) -> dict[str, Any]:
    """The columns that hold on which terms an analysis is made."""
    return {
        "token_id": terms.token_id,
        "language": terms.language,
        "deadline_ms": None if terms.deadline is None else to_ms(terms.deadline),
        "notify_url": terms.notify_url,
        "traceparent": terms.traceparent,
    }


def columns_of(analysis: resources_pb2.Analysis) -> dict[str, Any]:
    """The columns that are made of the document."""
    return {
        "state": analysis.state,
        "document": analysis.SerializeToString(),
        "folded_name": folded(analysis.display_name),
        "sha256": analysis.info.sha256,
        "kind": analysis.info.kind,
        "label": analysis.verdict.label,
    }


def matching(search: Search) -> ColumnElement[bool]:
    """The condition on rows that are looked for, whoever owns them."""
    wanted: ColumnElement[bool] = true()
    if search.text:
        # Escaped: what is looked for is text, never a pattern.
        named = table.c.folded_name.contains(search.text, autoescape=True)
        wanted &= named | table.c.sha256.startswith(search.text, autoescape=True)
    if search.labels:
        wanted &= table.c.label.in_(search.labels)
    if search.kinds:
        wanted &= table.c.kind.in_(search.kinds)
    if search.done is not None:
        # Few are under way at once, and an index knows them; the state of each row would have to be read from the long row.
        under_way = select(table.c.id).where(UNENDED)
        wanted &= table.c.id.not_in(under_way) if search.done else table.c.id.in_(under_way)
    return wanted


async def evidence_in(row: Any, files: EvidenceFiles) -> fusion_service_pb2.FuseRequest | None:
    """The evidence that a row with the columns `EVIDENCE` speaks of."""
    if row.evidence_key is not None:
        return await files.get(row.evidence_key)
    return None if row.evidence is None else fusion_service_pb2.FuseRequest.FromString(row.evidence)


async def _belongings(connection: AsyncConnection, owner: str, analysis_id: str, *, locked: bool) -> Deletion:
    analysis = await _get(connection, table.c.owner == owner, analysis_id, locked=locked)
    found = await of_analyses(connection, table.c.id == analysis_id, locked=locked)
    return replace(found, sha256=analysis.info.sha256)


async def _get(
    connection: AsyncConnection, wanted: ColumnElement[bool], analysis_id: str, *, locked: bool = False
) -> resources_pb2.Analysis:
    row = await _row(connection, [table.c.document], wanted, analysis_id, locked=locked)
    return resources_pb2.Analysis.FromString(row.document)


async def _row(
    connection: AsyncConnection,
    columns: Sequence[Column[Any]],
    wanted: ColumnElement[bool],
    analysis_id: str,
    *,
    locked: bool = False,
) -> Row[Any]:
    query = select(*columns).where(wanted & (table.c.id == analysis_id))
    # Locked where databases know that, so that of two deletions at once only one finds the row.
    row = (await connection.execute(query.with_for_update() if locked else query)).first()
    if row is None:
        name = analysis_name(analysis_id)
        raise NotFound(f"You have no {name}; it may have expired.", name=name)
    return row

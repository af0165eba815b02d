"""Rows of analyses in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, delete, insert, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import analysis_name, id_in
from gateway.paging import Page
from gateway.search import Search, folded
from gateway.storage.belongings import belongings
from gateway.storage.claims import add_claim, find_claim
from gateway.storage.database import Database
from gateway.storage.repository import Claim, Deletion, NewAnalysis, Terms
from gateway.storage.tables import analyses as table
from gateway.storage.times import to_ms
from gateway.uninterrupted import uninterrupted
from kit.errors import NotFound
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2

Value = TypeVar("Value")

# There are three depths; who failed more often than that is better judged anew.
_UNJUDGED = 8


class SqlAnalyses:
    """`AnalysisRepository` on a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
            return await _get(connection, owner, analysis_id)

    @uninterrupted
    async def newer(self, owner: str, analysis_id: str, revision: int) -> tuple[resources_pb2.Analysis, int] | None:
        """The row and its revision, when that is above `revision`. Raises NotFound."""
        async with self._database.reading() as connection:
            found = await _column(connection, table.c.revision, owner, analysis_id)
            if found <= revision:
                return None
            return await _get(connection, owner, analysis_id), found

    @uninterrupted
    async def evidence(self, owner: str, analysis_id: str) -> fusion_service_pb2.FuseRequest | None:
        """What fusion was given; None before detection has ended. Raises NotFound."""
        async with self._database.reading() as connection:
            document = await _column(connection, table.c.evidence, owner, analysis_id)
        return None if document is None else fusion_service_pb2.FuseRequest.FromString(document)

    @uninterrupted
    async def claimed(self, owner: str, claim: Claim) -> resources_pb2.Analysis | None:
        """The row behind a key. Raises RequestIdReused."""
        async with self._database.reading() as connection:
            row = await find_claim(connection, owner, claim)
            return await _get(connection, owner, row.analysis_id) if row is not None else None

    @uninterrupted
    async def unjudged(self, owner: str, media_id: str) -> Sequence[resources_pb2.Analysis]:
        """The newest rows of a file with evidence and without a verdict."""
        failed = (table.c.state == resources_pb2.ANALYSIS_STATE_FAILED) & table.c.evidence.is_not(None)
        wanted = (table.c.owner == owner) & (table.c.media_id == media_id) & failed
        query = select(table.c.document).where(wanted).order_by(table.c.id.desc()).limit(_UNJUDGED)
        async with self._database.reading() as connection:
            return [resources_pb2.Analysis.FromString(document) for (document,) in await connection.execute(query)]

    @uninterrupted
    async def page(self, owner: str, page: Page, search: Search) -> Sequence[resources_pb2.Analysis]:
        """Rows that are looked for, newest first; one more than asked for when more follow."""
        wanted = (table.c.owner == owner) & _matches(search)
        if page.before is not None:
            wanted &= table.c.id < page.before
        query = select(table.c.document).where(wanted).order_by(table.c.id.desc()).limit(page.size + 1)
        async with self._database.reading() as connection:
            return [resources_pb2.Analysis.FromString(document) for (document,) in await connection.execute(query)]

    @uninterrupted
    async def delete(self, owner: str, analysis_id: str) -> Deletion:
        """Deletes the row with all that hangs on it. Raises NotFound."""
        async with self._database.writing() as connection:
            analysis = await _get(connection, owner, analysis_id)
            found = await belongings(connection, table.c.id == analysis_id)
            await connection.execute(delete(table).where(_is(owner, analysis_id)))
        await self._database.forget()
        return Deletion(found.names, analysis.info.sha256, found.artefacts)


async def _insert(connection: AsyncConnection, owner: str, analysis: resources_pb2.Analysis, terms: Terms) -> None:
    row = {
        "id": id_in(analysis.name),
        "owner": owner,
        "media_id": id_in(analysis.media),
        "revision": 1,
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


def _matches(search: Search) -> ColumnElement[bool]:
    wanted: ColumnElement[bool] = true()
    if search.text:
        # Escaped: what is looked for is text, never a pattern.
        named = table.c.folded_name.contains(search.text, autoescape=True)
        wanted &= named | table.c.sha256.startswith(search.text, autoescape=True)
    if search.labels:
        wanted &= table.c.label.in_(search.labels)
    if search.kinds:
        wanted &= table.c.kind.in_(search.kinds)
    if search.states:
        wanted &= table.c.state.in_(search.states)
    return wanted


def _is(owner: str, analysis_id: str) -> ColumnElement[bool]:
    return (table.c.owner == owner) & (table.c.id == analysis_id)


async def _get(connection: AsyncConnection, owner: str, analysis_id: str) -> resources_pb2.Analysis:
    document = await _column(connection, table.c.document, owner, analysis_id)
    return resources_pb2.Analysis.FromString(document or b"")


async def _column(connection: AsyncConnection, column: Column[Value], owner: str, analysis_id: str) -> Value:
    rows = (await connection.execute(select(column).where(_is(owner, analysis_id)))).scalars().all()
    if not rows:
        name = analysis_name(analysis_id)
        raise NotFound(f"You have no {name}; it may have expired.", name=name)
    return rows[0]

"""Rows of contributed copies in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import contribution_name, id_in, media_name
from gateway.storage.database import Database
from gateway.storage.tables import contributions as table
from gateway.storage.tables import media
from gateway.storage.times import from_ms, to_timestamp
from gateway.uninterrupted import uninterrupted
from kit.errors import NotFound
from telltale.gateway.v1 import resources_pb2


class SqlContributions:
    """`ContributionRepository` on a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @uninterrupted
    async def add(self, owner: str, media_id: str, made: resources_pb2.Contribution) -> resources_pb2.Contribution:
        """Inserts the row, unless the media have one. Raises NotFound."""
        row = {
            "id": id_in(made.name),
            "owner": owner,
            "media_id": media_id,
            "truth": made.truth,
            "create_time_ms": made.create_time.ToMilliseconds(),
        }
        theirs = select(media.c.id).where((media.c.owner == owner) & (media.c.id == media_id))
        async with self._database.writing() as connection:
            # Locked where databases know that: of two calls at once one inserts, and a deletion waits.
            if await connection.scalar(theirs.with_for_update()) is None:
                raise NotFound(f"{media_name(media_id)} was deleted meanwhile", name=media_name(media_id))
            earlier = await _one(connection, table.c.media_id == media_id)
            if earlier is None:
                await connection.execute(insert(table).values(row))
        return made if earlier is None else _contribution(earlier)

    @uninterrupted
    async def of_media(self, owner: str, media_id: str) -> resources_pb2.Contribution | None:
        """The row of a stored file."""
        async with self._database.reading() as connection:
            row = await _one(connection, (table.c.owner == owner) & (table.c.media_id == media_id))
        return None if row is None else _contribution(row)

    @uninterrupted
    async def correct(self, owner: str, contribution_id: str, truth: resources_pb2.Truth.ValueType) -> None:
        """Replaces the truth. Raises NotFound."""
        async with self._database.writing() as connection:
            changed = await connection.execute(update(table).where(_is(owner, contribution_id)).values(truth=truth))
            _require(changed.rowcount, contribution_id)

    @uninterrupted
    async def get(self, owner: str, contribution_id: str) -> resources_pb2.Contribution:
        """One row. Raises NotFound."""
        async with self._database.reading() as connection:
            row = await _one(connection, _is(owner, contribution_id))
        _require(row, contribution_id)
        return _contribution(row)

    @uninterrupted
    async def delete(self, owner: str, contribution_id: str) -> None:
        """Deletes the row. Raises NotFound."""
        async with self._database.writing() as connection:
            deleted = await connection.execute(delete(table).where(_is(owner, contribution_id)))
            _require(deleted.rowcount, contribution_id)
        await self._database.forget()

    @uninterrupted
    async def known(self, contribution_ids: Sequence[str]) -> frozenset[str]:
        """Which of the ids have a row."""
        async with self._database.reading() as connection:
            return frozenset(await connection.scalars(select(table.c.id).where(table.c.id.in_(contribution_ids))))


def _is(owner: str, contribution_id: str) -> ColumnElement[bool]:
    return (table.c.owner == owner) & (table.c.id == contribution_id)


async def _one(connection: AsyncConnection, wanted: ColumnElement[bool]) -> Row[Any] | None:
    return (await connection.execute(select(table).where(wanted))).first()


def _require(found: object, contribution_id: str) -> None:
    if not found:
        name = contribution_name(contribution_id)
        raise NotFound(f"You have no {name}; it may have been taken back.", name=name)


def _contribution(row: Any) -> resources_pb2.Contribution:
    return resources_pb2.Contribution(
        name=contribution_name(row.id), truth=row.truth, create_time=to_timestamp(from_ms(row.create_time_ms))
    )

"""Rows of stored files in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import id_in, media_name
from gateway.paging import Page
from gateway.storage.belongings import REQUEST_IDS, belongings
from gateway.storage.claims import add_claim, find_claim
from gateway.storage.database import Database
from gateway.storage.repository import Claim, Deletion
from gateway.storage.tables import analyses, request_ids
from gateway.storage.tables import media as table
from gateway.storage.times import to_ms
from gateway.uninterrupted import uninterrupted
from kit.errors import NotFound
from telltale.gateway.v1 import resources_pb2


class SqlMedia:
    """`MediaRepository` on a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @uninterrupted
    async def add(self, owner: str, media: resources_pb2.Media, claim: Claim | None) -> None:
        """Inserts the row and its key in one transaction. Raises StorageFull, Overloaded."""
        media_id = id_in(media.name)
        row = {
            "id": media_id,
            "owner": owner,
            "sha256": media.info.sha256,
            "expire_time_ms": media.expire_time.ToMilliseconds(),
            "document": media.SerializeToString(),
        }
        async with self._database.writing() as connection:
            await connection.execute(insert(table).values(row))
            await add_claim(connection, owner, claim, media_id=media_id)

    @uninterrupted
    async def get(self, owner: str, media_id: str) -> resources_pb2.Media:
        """One row. Raises NotFound."""
        async with self._database.reading() as connection:
            return await _get(connection, owner, media_id)

    @uninterrupted
    async def claimed(self, owner: str, claim: Claim) -> resources_pb2.Media | None:
        """The row behind a key. Raises RequestIdReused."""
        async with self._database.reading() as connection:
            row = await find_claim(connection, owner, claim)
            return await _get(connection, owner, row.media_id) if row is not None else None

    @uninterrupted
    async def page(self, owner: str, page: Page) -> Sequence[resources_pb2.Media]:
        """Rows, newest first; one more than asked for when more follow."""
        wanted = table.c.owner == owner
        if page.before is not None:
            wanted &= table.c.id < page.before
        query = select(table.c.document).where(wanted).order_by(table.c.id.desc()).limit(page.size + 1)
        async with self._database.reading() as connection:
            return [resources_pb2.Media.FromString(document) for (document,) in await connection.execute(query)]

    @uninterrupted
    async def delete(self, owner: str, media_id: str) -> Deletion:
        """Deletes the row; analyses, what hangs on them, and keys go with it. Raises NotFound."""
        keys = select(request_ids.c.request_id).where(request_ids.c.media_id == media_id).limit(1)
        async with self._database.writing() as connection:
            media = await _get(connection, owner, media_id)
            found = await belongings(connection, analyses.c.media_id == media_id)
            claimed = await connection.scalar(keys) is not None
            await connection.execute(delete(table).where(_is(owner, media_id)))
        await self._database.forget()
        artefacts = found.artefacts | ({REQUEST_IDS} if claimed else set())
        return Deletion((media.name, *found.names), media.info.sha256, artefacts)

    @uninterrupted
    async def expired(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Rows whose time is over."""
        query = select(table.c.owner, table.c.id).where(table.c.expire_time_ms <= to_ms(now)).limit(limit)
        async with self._database.reading() as connection:
            return [(owner, media_id) for owner, media_id in await connection.execute(query)]

    @uninterrupted
    async def known(self, media_ids: Sequence[str]) -> frozenset[str]:
        """Which of the ids have a row."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(table.c.id).where(table.c.id.in_(media_ids)))
            return frozenset(media_id for (media_id,) in rows)


def _is(owner: str, media_id: str) -> ColumnElement[bool]:
    return (table.c.owner == owner) & (table.c.id == media_id)


async def _get(connection: AsyncConnection, owner: str, media_id: str) -> resources_pb2.Media:
    document = await connection.scalar(select(table.c.document).where(_is(owner, media_id)))
    if document is None:
        raise NotFound(f"You have no {media_name(media_id)}; it may have expired.", name=media_name(media_id))
    return resources_pb2.Media.FromString(document)

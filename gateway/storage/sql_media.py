"""Rows of stored files in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import id_in, media_name
from gateway.paging import Page
from gateway.storage.belongings import of_media
from gateway.storage.claims import add_claim, find_claim
from gateway.storage.database import Database
from gateway.storage.records import Claim, Deletion
from gateway.storage.tables import analyses, contributions
from gateway.storage.tables import media as table
from gateway.storage.times import to_ms
from gateway.uninterrupted import uninterrupted
from kit.clock import Clock
from kit.errors import NotFound
from telltale.gateway.v1 import resources_pb2


class SqlMedia:
    """`MediaRepository` on a SQL database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

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
            return await _get(connection, self._live(owner, media_id), media_id)

    @uninterrupted
    async def claimed(self, owner: str, claim: Claim) -> resources_pb2.Media | None:
        """The row behind a key. Raises RequestIdReused."""
        async with self._database.reading() as connection:
            row = await find_claim(connection, owner, claim)
            if row is None:
                return None
            return await _get(connection, self._live(owner, row.media_id), row.media_id)

    @uninterrupted
    async def page(self, owner: str, page: Page) -> Sequence[resources_pb2.Media]:
        """Rows, newest first; one more than asked for when more follow."""
        wanted = (table.c.owner == owner) & (table.c.expire_time_ms > to_ms(self._clock.now()))
        if page.before is not None:
            wanted &= table.c.id < page.before
        query = select(table.c.document).where(wanted).order_by(table.c.id.desc()).limit(page.size + 1)
        async with self._database.reading() as connection:
            return [resources_pb2.Media.FromString(document) for (document,) in await connection.execute(query)]

    @uninterrupted
    async def belongings(self, owner: str, media_id: str, *, contributed: bool = True) -> Deletion:
        """What goes with the row. Raises NotFound."""
        async with self._database.reading() as connection:
            return await _belongings(connection, owner, media_id, locked=False, contributed=contributed)

    @uninterrupted
    async def delete(self, owner: str, media_id: str, *, contributed: bool = True) -> Deletion:
        """Deletes the row; analyses, what hangs on them, and keys go with it. Raises NotFound."""
        async with self._database.writing() as connection:
            found = await _belongings(connection, owner, media_id, locked=True, contributed=contributed)
            await connection.execute(delete(contributions).where(contributions.c.id.in_(found.contributions)))
            await connection.execute(delete(table).where(_is(owner, media_id)))
        await self._database.forget()
        return found

    @uninterrupted
    async def expired(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Rows whose time is over."""
        query = select(table.c.owner, table.c.id).where(table.c.expire_time_ms <= to_ms(now)).limit(limit)
        async with self._database.reading() as connection:
            return [(owner, media_id) for owner, media_id in await connection.execute(query)]

    @uninterrupted
    async def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Which of the keys are ids of media, or name the evidence of an analysis."""
        files = select(table.c.id).where(table.c.id.in_(keys))
        evidence = select(analyses.c.evidence_key).where(analyses.c.evidence_key.in_(keys))
        async with self._database.reading() as connection:
            return frozenset([*await connection.scalars(files), *await connection.scalars(evidence)])

    def _live(self, owner: str, media_id: str) -> ColumnElement[bool]:
        return _is(owner, media_id) & (table.c.expire_time_ms > to_ms(self._clock.now()))


def _is(owner: str, media_id: str) -> ColumnElement[bool]:
    return (table.c.owner == owner) & (table.c.id == media_id)


async def _belongings(
    connection: AsyncConnection, owner: str, media_id: str, *, locked: bool, contributed: bool
) -> Deletion:
    media = await _get(connection, _is(owner, media_id), media_id, locked=locked)
    found = await of_media(connection, media_id, locked=locked, contributed=contributed)
    return replace(found, names=(media.name, *found.names), sha256=media.info.sha256)


async def _get(
    connection: AsyncConnection, wanted: ColumnElement[bool], media_id: str, *, locked: bool = False
) -> resources_pb2.Media:
    query = select(table.c.document).where(wanted)
    # Locked where databases know that, so that nothing is made of it between the look and the deletion.
    document = await connection.scalar(query.with_for_update() if locked else query)
    if document is None:
        raise NotFound(f"You have no {media_name(media_id)}; it may have expired.", name=media_name(media_id))
    return resources_pb2.Media.FromString(document)

"""Rows of links in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import analysis_name, id_in, share_id_in, share_name
from gateway.storage.database import Database
from gateway.storage.records import Shared
from gateway.storage.tables import analyses, media
from gateway.storage.tables import shares as table
from gateway.storage.times import from_ms, to_ms, to_timestamp
from gateway.uninterrupted import uninterrupted
from kit.errors import InvalidRequest, NotFound
from telltale.gateway.v1 import resources_pb2


class SqlShares:
    """`ShareRepository` on a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @uninterrupted
    async def add(self, owner: str, share: resources_pb2.Share, secret_sha256: str, most: int) -> resources_pb2.Share:
        """Inserts the row. Raises NotFound, InvalidRequest, StorageFull."""
        analysis_id, now_ms = id_in(share.name), share.create_time.ToMilliseconds()
        async with self._database.writing() as connection:
            media_ends_ms = await _media_ends_ms(connection, owner, analysis_id, now_ms, locked=True)
            live = (table.c.analysis_id == analysis_id) & (table.c.expire_time_ms > now_ms)
            if (await connection.scalar(select(func.count()).select_from(table).where(live)) or 0) >= most:
                raise InvalidRequest(f"{analysis_name(analysis_id)} has {most} links already; end one of them first")
            row = {
                "id": share_id_in(share.name),
                "analysis_id": analysis_id,
                "secret_sha256": secret_sha256,
                "with_media": share.with_media,
                "create_time_ms": now_ms,
                "expire_time_ms": min(share.expire_time.ToMilliseconds(), media_ends_ms),
            }
            await connection.execute(insert(table).values(row))
            return await _one(connection, analysis_id, share_id_in(share.name))

    @uninterrupted
    async def live(self, owner: str, analysis_id: str, now: datetime) -> Sequence[resources_pb2.Share]:
        """Rows that have not expired, newest first. Raises NotFound."""
        wanted = (table.c.analysis_id == analysis_id) & (table.c.expire_time_ms > to_ms(now))
        async with self._database.reading() as connection:
            await _media_ends_ms(connection, owner, analysis_id, to_ms(now))
            rows = await connection.execute(select(table).where(wanted).order_by(table.c.id.desc()))
            return [_share(row) for row in rows]

    @uninterrupted
    async def delete(self, owner: str, analysis_id: str, share_id: str) -> None:
        """Deletes the row. Raises NotFound."""
        async with self._database.writing() as connection:
            await _media_ends_ms(connection, owner, analysis_id)
            share = await _one(connection, analysis_id, share_id)
            await connection.execute(delete(table).where(table.c.id == share_id_in(share.name)))

    @uninterrupted
    async def behind(self, secret_sha256: str, now: datetime) -> Shared | None:
        """The row of a secret with its analysis."""
        alive = (table.c.secret_sha256 == secret_sha256) & (table.c.expire_time_ms > to_ms(now))
        query = select(table, analyses.c.owner, analyses.c.document)
        joined = query.join(analyses, analyses.c.id == table.c.analysis_id).where(alive)
        async with self._database.reading() as connection:
            row = (await connection.execute(joined)).first()
        return None if row is None else Shared(row.owner, _share(row), resources_pb2.Analysis.FromString(row.document))

    @uninterrupted
    async def sweep(self, now: datetime) -> int:
        """Deletes the rows whose time is over."""
        async with self._database.writing() as connection:
            result = await connection.execute(delete(table).where(table.c.expire_time_ms <= to_ms(now)))
        return result.rowcount


async def _media_ends_ms(
    connection: AsyncConnection, owner: str, analysis_id: str, now_ms: int = 0, *, locked: bool = False
) -> int:
    """When the media of an analysis will be deleted, later than `now_ms`. Raises NotFound: this owner has no such analysis."""
    mine = (analyses.c.owner == owner) & (analyses.c.id == analysis_id) & (media.c.expire_time_ms > now_ms)
    query = select(media.c.expire_time_ms).join(analyses, analyses.c.media_id == media.c.id).where(mine)
    # Locked where databases know that, so that of two calls at once each counts the other's link.
    ends_ms = await connection.scalar(query.with_for_update(of=analyses) if locked else query)
    if ends_ms is None:
        name = analysis_name(analysis_id)
        raise NotFound(f"You have no {name}; it may have expired.", name=name)
    return int(ends_ms)


async def _one(connection: AsyncConnection, analysis_id: str, share_id: str) -> resources_pb2.Share:
    wanted = (table.c.analysis_id == analysis_id) & (table.c.id == share_id)
    row = (await connection.execute(select(table).where(wanted))).first()
    if row is None:
        name = share_name(analysis_id, share_id)
        raise NotFound(f"You have no {name}; it may have ended.", name=name)
    return _share(row)


def _share(row: Row[Any]) -> resources_pb2.Share:
    return resources_pb2.Share(
        name=share_name(row.analysis_id, row.id),
        with_media=row.with_media,
        create_time=to_timestamp(from_ms(row.create_time_ms)),
        expire_time=to_timestamp(from_ms(row.expire_time_ms)),
    )

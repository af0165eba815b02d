"""The chain of the audit log in SQL. Whoever writes, there is one writer at a time in a database, so there is one chain."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, text, true

from gateway.audit.entry import NOTHING, Entry, Event, listed, plain, request_id_in, sealed
from gateway.storage.database import Database
from gateway.storage.tables import audit as table
from gateway.storage.times import to_ms
from gateway.uninterrupted import uninterrupted

BATCH = 5_000
# Who appends holds this lock of PostgreSQL until the commit; in SQLite the transaction as such is enough.
_LOCK = 7_461_002


@dataclass(frozen=True)
class Filter:
    """Which entries are looked for; what is not given narrows nothing.

    Attributes:
        resource: a name; what lies below it counts, too.
        since, until: the first moment, and the one before which.
    """

    owner: str = ""
    resource: str = ""
    since: datetime | None = None
    until: datetime | None = None


class SqlAudit:
    """The log of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, events: Sequence[Event]) -> None:
        """Puts events behind the last entry, on the disk. Raises StorageFull, Overloaded, StorageUnavailable."""
        await self._database.append(lambda connection: append(connection, events))

    @uninterrupted
    async def last(self) -> tuple[int, str]:
        """Number and hash of the last entry; 0 and `NOTHING` of an empty log."""
        async with self._database.reading() as connection:
            return await connection.run_sync(_last)

    async def entries(self, at_once: int = BATCH) -> AsyncIterator[Sequence[Entry]]:
        """All entries in order of their numbers, so many in memory at a time."""
        # Whoever can write into the table may have put entries before the first one, too.
        wanted: ColumnElement[bool] = true()
        while batch := await self._read(wanted, at_once):
            yield batch
            wanted = table.c.sequence > batch[-1].sequence

    async def found(self, wanted: Filter, most: int) -> Sequence[Entry]:
        """The newest entries that are looked for, oldest of them first."""
        return (await self._read(_matches(wanted), most, newest_first=True))[::-1]

    @uninterrupted
    async def _read(self, wanted: ColumnElement[bool], most: int, *, newest_first: bool = False) -> Sequence[Entry]:
        order = table.c.sequence.desc() if newest_first else table.c.sequence
        query = select(table).where(wanted).order_by(order).limit(most)
        async with self._database.reading() as connection:
            return [_entry(row) for row in await connection.execute(query)]


def append(connection: Connection, events: Sequence[Event]) -> None:
    """The same in a transaction that has begun as a writing one: what happened and its entry are kept, or lost, together."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    sequence, digest = _last(connection)
    rows = []
    for event in events:
        entry = sealed(sequence + 1, _cleaned(event), digest)
        sequence, digest = entry.sequence, entry.digest
        rows.append(_row(entry))
    connection.execute(insert(table), rows)


def _last(connection: Connection) -> tuple[int, str]:
    query = select(table.c.sequence, table.c.hash).order_by(table.c.sequence.desc()).limit(1)
    row = connection.execute(query).first()
    return (0, NOTHING) if row is None else (row.sequence, row.hash)


def _matches(wanted: Filter) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = true()
    if wanted.owner:
        condition &= table.c.owner == wanted.owner
    if wanted.resource:
        # Identifiers are all of one length, so no name begins another but that of what it lies in.
        condition &= table.c.resources.contains(wanted.resource, autoescape=True)
    if wanted.since is not None:
        condition &= table.c.time_ms >= to_ms(wanted.since)
    if wanted.until is not None:
        condition &= table.c.time_ms < to_ms(wanted.until)
    return condition


def _cleaned(event: Event) -> Event:
    # Whatever a caller could have a hand in must fit the columns: one entry that does not would keep out all others.
    return Event(
        event.time_ms,
        plain(event.method),
        plain(event.outcome),
        plain(event.token_id),
        plain(event.owner),
        listed([plain(name) for name in event.resources]),
        plain(event.network),
        request_id_in(event.request_id),
        event.calls,
    )


def _row(entry: Entry) -> dict[str, Any]:
    event = entry.event
    return {
        "sequence": entry.sequence,
        "time_ms": event.time_ms,
        "method": event.method,
        "outcome": event.outcome,
        "token_id": event.token_id,
        "owner": event.owner,
        "resources": " ".join(event.resources),
        "network": event.network,
        "request_id": event.request_id,
        "calls": event.calls,
        "previous": entry.previous,
        "hash": entry.digest,
    }


def _entry(row: Sequence[Any]) -> Entry:
    sequence, time_ms, method, outcome, token_id, owner, resources, network, request_id, calls, previous, digest = row
    names = tuple(resources.split(" ")) if resources else ()
    event = Event(time_ms, method, outcome, token_id, owner, names, network, request_id, calls)
    return Entry(sequence, event, previous, digest)

"""The chain in the database: one, whoever writes, and not to be changed."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from gateway.audit.chain import checked_chain
from gateway.audit.entry import NOTHING
from gateway.storage.database import Database, open_database
from gateway.storage.sql_audit import Filter, SqlAudit, append
from gateway.storage.times import from_ms
from kit.errors import StorageUnavailable
from tests.support.audit import EVENT

ID, OTHER = "a" * 26, "b" * 26


async def test_events_become_a_chain_that_holds(database: Database) -> None:
    log = SqlAudit(database)
    assert await log.last() == (0, NOTHING)
    await log.append([EVENT, replace(EVENT, resources=())])
    await log.append([replace(EVENT, method="ListMedia", resources=("media/-", "analyses/-"))])
    finding = await checked_chain(log.entries())
    assert (finding.checked, finding.problem) == (3, "")
    assert await log.last() == (3, finding.last)


async def test_entries_come_back_as_they_were(database: Database) -> None:
    log = SqlAudit(database)
    await log.append([EVENT, replace(EVENT, owner="", resources=())])
    [entries] = [batch async for batch in log.entries()]
    assert [entry.event for entry in entries] == [EVENT, replace(EVENT, owner="", resources=())]


async def test_several_writers_of_one_database_make_one_chain(database_url: str) -> None:
    async with open_database(database_url) as one, open_database(database_url) as other:
        logs = [SqlAudit(one), SqlAudit(other)]
        await asyncio.gather(*(logs[number % 2].append([EVENT] * 3) for number in range(20)))
        finding = await checked_chain(logs[0].entries())
    assert (finding.checked, finding.problem) == (60, "")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET owner = 'mallory' WHERE sequence = 1",
        "DELETE FROM audit WHERE sequence = 2",
        "INSERT INTO audit SELECT sequence + 2, time_ms, method, outcome, token_id, owner, resources, network, request_id,"
        " calls, previous, hash FROM audit WHERE sequence = 2",
    ],
)
async def test_the_database_itself_refuses_changes(database: Database, statement: str) -> None:
    log = SqlAudit(database)
    await log.append([EVENT, EVENT])
    with pytest.raises(DBAPIError):
        async with database.writing() as connection:
            await connection.execute(text(statement))
    assert (await checked_chain(log.entries())).checked == 2


async def test_replacing_an_entry_of_sqlite_is_refused_too(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        await SqlAudit(database).append([EVENT])
        with pytest.raises(DBAPIError, match="number after the last one"):
            async with database.writing() as connection:
                await connection.execute(text("INSERT OR REPLACE INTO audit SELECT * FROM audit"))


async def test_the_table_of_postgresql_cannot_be_emptied(postgres_url: str) -> None:
    async with open_database(postgres_url) as database:
        await SqlAudit(database).append([EVENT])
        with pytest.raises(DBAPIError, match="only grows"):
            async with database.writing() as connection:
                await connection.execute(text("TRUNCATE audit"))


async def test_entries_are_found_by_owner_resource_and_time(database: Database) -> None:
    log = SqlAudit(database)
    shared = replace(EVENT, owner="bob", resources=(f"analyses/{OTHER}/shares/{ID}", "media/-"))
    await log.append([EVENT, shared, replace(EVENT, time_ms=EVENT.time_ms + 60_000)])
    when = from_ms(EVENT.time_ms)

    async def found(**wanted: object) -> list[int]:
        return [entry.sequence for entry in await log.found(Filter(**wanted), 10)]  # type: ignore[arg-type]

    assert await found(owner="bob") == [2]
    assert await found(resource=f"analyses/{OTHER}") == [2]
    assert await found(resource=f"media/{ID}") == [1, 3]
    assert await found(since=when + timedelta(seconds=1)) == [3]
    assert await found(until=when + timedelta(seconds=1)) == [1, 2]
    assert [entry.sequence for entry in await log.found(Filter(), 2)] == [2, 3]


async def test_what_a_caller_had_a_hand_in_always_fits(database: Database) -> None:
    log = SqlAudit(database)
    wild = replace(EVENT, token_id="\0" + "t" * 1000, owner="o\ud800" * 200, request_id="x" * 5000, network="n" * 999)
    await log.append([wild])
    [[entry]] = [batch async for batch in log.entries()]
    assert (len(entry.event.token_id), entry.event.request_id) == (128, "")
    assert (await checked_chain(log.entries())).problem == ""


async def test_reading_is_bounded_whatever_the_length(database: Database) -> None:
    log = SqlAudit(database)
    await log.append([EVENT] * 20)
    assert [len(batch) async for batch in log.entries(7)] == [7, 7, 6]


async def test_entries_are_on_the_disk_when_they_are_written(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        found: list[object] = []
        await database.append(lambda connection: found.append(connection.scalar(text("PRAGMA synchronous"))))
    assert found == [2]


async def test_a_gateway_that_stands_still_while_it_writes_does_not_stop_the_others(postgres_url: str) -> None:
    writing, moved = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def stand_still(connection: Connection) -> None:
        append(connection, [EVENT])
        loop.call_soon_threadsafe(writing.set)
        moved.wait(30)

    async with open_database(postgres_url) as one, open_database(postgres_url) as other:
        standing = asyncio.ensure_future(one.append(stand_still))
        await writing.wait()
        await SqlAudit(other).append([EVENT])
        moved.set()
        with pytest.raises(StorageUnavailable):
            await standing
        assert (await checked_chain(SqlAudit(other).entries())).checked == 1

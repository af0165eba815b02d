"""A PostgreSQL that goes away and comes back."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from gateway.storage.database import Database, open_database
from kit.errors import InvalidSettings, Overloaded, StorageUnavailable
from tests.support.postgres import MISSING, Postgres, postgres_programs, running_postgres


@pytest.fixture(scope="module")
def mortal() -> Iterator[Postgres]:
    """A server that tests may kill."""
    if postgres_programs() is None:
        pytest.skip(MISSING)
    with running_postgres() as running:
        yield running


async def answer(database: Database) -> int:
    async with database.writing() as connection:
        return int(await connection.scalar(text("SELECT 42")) or 0)


async def test_a_killed_database_is_unavailable_and_the_pool_recovers(mortal: Postgres) -> None:
    async with open_database(mortal.cluster.create("killed")) as database:
        assert await asyncio.gather(*(answer(database) for _ in range(5))) == [42] * 5
        mortal.kill()
        refusals = await asyncio.gather(*(answer(database) for _ in range(5)), return_exceptions=True)
        assert {type(refusal) for refusal in refusals} == {StorageUnavailable}
        mortal.start()
        assert await asyncio.gather(*(answer(database) for _ in range(5))) == [42] * 5


async def test_a_database_killed_in_the_middle_of_a_transaction_is_unavailable(mortal: Postgres) -> None:
    async with open_database(mortal.cluster.create("middle")) as database:

        async def interrupted() -> None:
            async with database.writing() as connection:
                await connection.execute(text("CREATE TABLE t (a int)"))
                mortal.kill()
                await connection.execute(text("INSERT INTO t VALUES (1)"))

        with pytest.raises(StorageUnavailable) as refused:
            await interrupted()
        assert refused.value.retry_after_s == 1.0
        mortal.start()
        assert await answer(database) == 42


async def test_a_connection_ended_by_the_server_while_nobody_used_it_is_made_anew(mortal: Postgres) -> None:
    async with open_database(mortal.cluster.create("ended")) as database:
        await answer(database)
        mortal.stop()
        mortal.start()
        assert await answer(database) == 42


async def test_transactions_that_wait_for_each_other_are_told_to_try_again(mortal: Postgres) -> None:
    async with open_database(mortal.cluster.create("deadlock")) as database:
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE t AS SELECT generate_series(1, 2) AS a"))
        ready = asyncio.Barrier(2)

        async def lock(first: int, then: int) -> None:
            async with database.writing() as connection:
                await connection.execute(text(f"SELECT a FROM t WHERE a = {first} FOR UPDATE"))
                await ready.wait()
                await connection.execute(text(f"SELECT a FROM t WHERE a = {then} FOR UPDATE"))

        outcomes = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes if outcome is not None] == [Overloaded]


async def test_a_server_that_vanishes_without_a_word_is_given_up_after_seconds(mortal: Postgres) -> None:
    async with open_database(mortal.cluster.create("vanished")) as database, database.reading() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        with socket.socket(fileno=os.dup(raw.fileno())) as wire:
            assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) <= 15
            assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 30_000


async def test_a_server_that_is_not_there_at_the_start_is_named_without_its_password() -> None:
    with pytest.raises(InvalidSettings, match="cannot be opened") as refused:
        async with open_database("postgresql+psycopg://alice:secret@127.0.0.1:9/nowhere"):
            pass
    assert "secret" not in str(refused.value)

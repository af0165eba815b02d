"""The schema, and opening it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from gateway.storage.database import open_database
from gateway.storage.tables import metadata
from kit.errors import InvalidSettings


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database, database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_database_may_be_opened_again_and_by_two_at_once(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/new/t.db"

    async def open_once() -> None:
        async with open_database(url):
            pass

    await asyncio.gather(open_once(), open_once())
    await open_once()


async def test_sqlite_writes_ahead_and_overwrites_what_is_deleted(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database, database.reading() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA secure_delete")) == 1
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.parametrize("url", ["nonsense", "sqlite+aiosqlite:////proc/none/t.db", "postgresql+nodriver://x/y"])
async def test_a_database_that_cannot_be_opened_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(InvalidSettings):
        async with open_database(url):
            pass

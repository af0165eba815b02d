"""The schema, and opening it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from gateway.search import Search
from gateway.storage.database import Database, open_database
from gateway.storage.sql_analyses import matching
from gateway.storage.tables import analyses, metadata
from kit.errors import InvalidSettings, Overloaded, StorageFull


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def grow_beyond_the_disk(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1"))  # never below what is there: not a page more
        await connection.execute(text("CREATE TABLE big AS SELECT zeroblob(1000000)"))


async def test_the_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def open_once(url: str) -> None:
    async with open_database(url):
        pass


async def test_a_database_may_be_opened_again_and_by_several_at_once(database_url: str) -> None:
    await asyncio.gather(*(open_once(database_url) for _ in range(4)))
    await open_once(database_url)


async def test_the_folder_of_a_database_is_made(tmp_path: Path) -> None:
    await open_once(f"sqlite+aiosqlite:///{tmp_path}/new/t.db")
    assert (tmp_path / "new" / "t.db").exists()


async def test_sqlite_writes_ahead_and_overwrites_what_is_deleted(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database, database.reading() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA secure_delete")) == 1
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1


async def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        with pytest.raises(StorageFull):
            await grow_beyond_the_disk(database)
        async with database.reading() as connection:
            assert await connection.run_sync(differences) == []


async def test_a_database_that_another_process_writes_for_too_long_is_busy(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        async with database.reading() as connection:
            await connection.execute(text("PRAGMA busy_timeout = 0"))
        with closing(sqlite3.connect(tmp_path / "t.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Overloaded) as refused:
                async with database.writing():
                    pass
    assert refused.value.retry_after_s == 1.0


async def test_what_was_deleted_is_gone_from_the_disk_as_soon_as_nobody_reads_it_any_more(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE t AS SELECT 'a secret' AS a"))
        with closing(sqlite3.connect(tmp_path / "t.db", isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM t").fetchall()
            async with database.writing() as connection:
                await connection.execute(text("DELETE FROM t"))
            forgetting = asyncio.create_task(database.forget())
            await asyncio.sleep(0)
            other.execute("COMMIT")
            await forgetting
        assert all(b"a secret" not in file.read_bytes() for file in tmp_path.iterdir())


async def test_several_may_forget_at_once(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:

        async def write_and_forget(number: int) -> None:
            async with database.writing() as connection:
                await connection.execute(text(f"CREATE TABLE t{number} AS SELECT 'a secret' AS a"))
                await connection.execute(text(f"DELETE FROM t{number}"))
            await database.forget()

        await asyncio.gather(*(write_and_forget(number) for number in range(8)))
        assert all(b"a secret" not in file.read_bytes() for file in tmp_path.iterdir())


async def test_a_search_reads_no_maps(tmp_path: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database, database.reading() as connection:
        columns = await connection.execute(text("PRAGMA index_info(analyses_by_owner)"))
        names = [name for _, _, name in columns]
    assert names[:2] == ["owner", "id"]
    assert {"label", "kind", "sha256", "folded_name"} <= set(names)


async def test_what_is_under_way_is_found_without_a_look_at_what_has_ended(tmp_path: Path) -> None:
    wanted = select(analyses.c.document).where((analyses.c.owner == "alice") & matching(Search(done=False)))
    asked = wanted.compile(dialect=sqlite_dialect(), compile_kwargs={"literal_binds": True})
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database, database.reading() as connection:
        plan = [row.detail for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    assert any("analyses_by_state" in step for step in plan)
    assert any("owner=? AND id=?" in step for step in plan)


async def test_a_database_of_a_newer_release_is_a_wrong_setting(database_url: str) -> None:
    async with open_database(database_url) as database, database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InvalidSettings, match="newer"):
        await open_once(database_url)


@pytest.mark.parametrize("url", ["nonsense", "sqlite+aiosqlite:////proc/none/t.db", "postgresql+nodriver://x/y"])
async def test_a_database_that_cannot_be_opened_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(InvalidSettings):
        async with open_database(url):
            pass

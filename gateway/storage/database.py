"""The database connection: SQLite in WAL mode or PostgreSQL, chosen by URL, brought to the newest schema when opened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Select, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncResult, create_async_engine

from gateway.storage import sqlite
from gateway.storage.appender import CONNECTING, Appender, open_appender
from gateway.storage.database_errors import errors_are_typed
from kit.errors import InvalidSettings, Overloaded, StorageUnavailable
from kit.log import get_logger

_MIGRATIONS = Path(__file__).parent / "migrations"
_OPEN_ATTEMPTS = 50
_OPEN_PAUSE_S = 0.1
_FORGET_ATTEMPTS = 20
_FORGET_PAUSE_S = 0.05
_FEW = 8
# Who migrates holds this lock of PostgreSQL; the number means nothing, but no other program of the database may use it.
_MIGRATION_LOCK = 7_461_001


class Database:
    """Transactions on one database. Made by `open_database`."""

    def __init__(self, engine: AsyncEngine, appender: Appender) -> None:
        self._readers = engine
        self._writers = engine.execution_options(**sqlite.WRITING)
        self._appender = appender

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads. Raises Overloaded, StorageUnavailable."""
        with errors_are_typed():
            async with self._readers.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes: committed at the end, rolled back on an error.

        Raises StorageFull, Overloaded, StorageUnavailable; after the last one it may have been committed all the same.
        """
        with errors_are_typed():
            async with self._writers.begin() as connection:
                yield connection

    async def append(self, work: Callable[[Connection], None]) -> None:
        """Does `work` in a transaction that waits for no other work of this process and is on the disk when this returns.

        Raises as `writing` does.
        """
        await self._appender.run(work)

    async def forget(self) -> None:
        """Makes what was deleted unreadable on the disk, too: SQLite keeps earlier pages in its log until it is emptied.

        PostgreSQL does the like in its own time (VACUUM).
        """
        if self._readers.dialect.name != "sqlite":
            return
        for _ in range(_FORGET_ATTEMPTS):
            async with self.reading() as connection:
                # 1 when somebody else was reading for longer than the busy timeout, or emptied the log at the same moment.
                if not await connection.scalar(text("PRAGMA wal_checkpoint(TRUNCATE)")):
                    return
            await asyncio.sleep(_FORGET_PAUSE_S)
        get_logger().warning("the database's log could not be emptied; the next deletion tries again")

    async def migrate(self) -> None:
        """Brings the schema to the newest version."""
        async with self.writing() as connection:
            await connection.run_sync(_upgrade)

    async def close(self) -> None:
        """Ends all connections."""
        self._appender.close()
        await self._readers.dispose()


def few_at_once(connection: AsyncConnection, query: Select[Any]) -> AbstractAsyncContextManager[AsyncResult[Any]]:
    """The rows of a query, a few in memory at a time: with an analysis in them they have up to megabytes each."""
    return connection.stream(query, execution_options={"max_row_buffer": _FEW})


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """The database at a SQLAlchemy URL with an asyncio driver, migrated; closed at the end. Raises InvalidSettings."""
    with _wrong_settings_are_told(url):
        parsed = make_url(url)
        database = Database(_engine(parsed), open_appender(parsed))
    try:
        with _wrong_settings_are_told(url):
            await _migrate(database)
        yield database
    finally:
        await database.close()


@contextmanager
def _wrong_settings_are_told(url: str) -> Iterator[None]:
    try:
        yield
    except ArgumentError as error:
        raise InvalidSettings(f"the database URL is not one of SQLAlchemy's: {error}") from error
    except CommandError as error:
        raise InvalidSettings(
            f"this release does not know the database's schema; start a newer one: {error}"
        ) from error
    except (StorageUnavailable, OperationalError, OSError, ModuleNotFoundError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise InvalidSettings(
            f"the database {shown} cannot be opened; check state_dir or database_url: {error.__cause__ or error}"
        ) from error


async def _migrate(database: Database) -> None:
    for _ in range(_OPEN_ATTEMPTS - 1):
        try:
            return await database.migrate()
        except Overloaded:
            # Two processes create the file at the same moment: SQLite does not wait for another's switch to WAL.
            await asyncio.sleep(_OPEN_PAUSE_S)
    return await database.migrate()


def _engine(parsed: URL) -> AsyncEngine:
    # Errors reach the log; what people wrote and named must not come with them.
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(parsed, hide_parameters=True, pool_pre_ping=True, connect_args=CONNECTING)
    engine = create_async_engine(parsed, hide_parameters=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sqlite.prepare(engine.sync_engine, "NORMAL")
    return engine


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Gateways that start together take turns; the lock ends with the transaction. SQLite's BEGIN IMMEDIATE does the same.
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

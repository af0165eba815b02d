"""Many short transactions that must be on the disk when they have ended: one thread and one connection for them alone.

The asyncio driver of SQLite changes threads at every statement, and threads and connections that others share may be taken by
work that takes long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import URL, Connection, Engine, create_engine

from gateway.storage import sqlite
from gateway.storage.database_errors import errors_are_typed
from gateway.uninterrupted import uninterrupted

CONNECT_TIMEOUT_S = 5
# A gateway that stands still in the middle of its transaction would keep all others waiting: PostgreSQL ends that for it.
_PATIENCE_MS = 2_000
_POSTGRESQL = f"-c lock_timeout={_PATIENCE_MS} -c idle_in_transaction_session_timeout={_PATIENCE_MS}"


class Appender:
    """Runs transactions. Made by `open_appender`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "appender")

    @uninterrupted
    async def run(self, work: Callable[[Connection], None]) -> None:
        """Does `work` in a transaction; committed and on the disk when this returns, rolled back on an error.

        Raises StorageFull, Overloaded, StorageUnavailable; after the last one it may have been committed all the same.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)

    def close(self) -> None:
        """Ends thread and connection."""
        self._thread.shutdown()
        self._engine.dispose()

    def _run(self, work: Callable[[Connection], None]) -> None:
        with errors_are_typed(), self._engine.begin() as connection:
            work(connection)


def open_appender(parsed: URL) -> Appender:
    """The appender of a database; it connects when it is first used."""
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed.set(drivername="sqlite"), hide_parameters=True, pool_size=1, max_overflow=0)
        sqlite.prepare(engine, "FULL")
    else:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=1,
            max_overflow=0,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "options": _POSTGRESQL},
        )
    return Appender(engine.execution_options(**sqlite.WRITING))

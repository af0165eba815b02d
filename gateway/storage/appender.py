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

# A server that vanishes without a word, with its machine or the way to it, is away after seconds, not after the kernel's quarter
# of an hour: nobody can be cancelled who waits for it.
CONNECTING = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}
"""Arguments of every connection to PostgreSQL: seconds, but for the last one, which is milliseconds."""

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
            connect_args={**CONNECTING, "options": _POSTGRESQL},
        )
    return Appender(engine.execution_options(**sqlite.WRITING))

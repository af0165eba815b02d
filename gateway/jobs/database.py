"""The database of the jobs: SQLite or PostgreSQL, with the tables of DBOS and one of ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbos import DBOS
from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.schema import CreateTable

from gateway.storage.appender import CONNECTING
from gateway.storage.database_errors import errors_are_typed
from kit.errors import InvalidSettings, Overloaded, TelltaleError
from kit.log import get_logger

SCHEMA = "dbos"
"""Where everything is on PostgreSQL; SQLite has no schemas."""

_SQLITE_SCHEMA: dict[str | None, str | None] = {SCHEMA: None}
# What DBOS relies on in databases of its own making (milliseconds; foreign keys), and what makes deleted rows unreadable.
_PRAGMAS = ("busy_timeout=30000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON")
# Who makes our table holds this lock of PostgreSQL: it does not wait for another's CREATE TABLE by itself.
_CREATE_LOCK = 7_461_002
_POOL = 10
# Of processes that make one SQLite file at once all but one are told at once that it is busy, whatever their busy_timeout.
_MAKE_ATTEMPTS = 50
_MAKE_PAUSE_S = 0.1
_FORGET_ATTEMPTS = 20
_FORGET_PAUSE_S = 0.05

metadata = MetaData(schema=SCHEMA)

# Of DBOS's own table only what we use. DBOS makes it; the one thing that we write is `Ledger.put_back`.
jobs = Table(
    "workflow_status",
    metadata,
    Column("workflow_uuid", Text, primary_key=True),
    Column("status", Text),
    Column("queue_name", Text),
    # Whose turn it is, by the id of a token.
    Column("queue_partition_key", Text),
    Column("executor_id", Text),
    # Of the one execution that may write; others find out at their next step that they are not it.
    Column("owner_xid", Text),
    Column("started_at_epoch_ms", BigInteger),
    Column("recovery_attempts", BigInteger),
)

workers = Table(
    "telltale_workers",
    metadata,
    Column("name", String(200), primary_key=True),
    # Counts up while the worker lives. No clock: those of two machines never agree.
    Column("beats", BigInteger, nullable=False),
)


class JobDatabase:
    """Transactions on the jobs' database, for threads. Made by `open_job_database`.

    Attributes:
        engine: what DBOS works with, too.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A connection; committed at the end. Raises StorageFull, Overloaded, StorageUnavailable."""
        with errors_are_typed(), self.engine.begin() as connection:
            yield connection.execution_options(schema_translate_map=_SQLITE_SCHEMA if self._sqlite else None)

    def forget(self) -> None:
        """Makes what was deleted unreadable in SQLite's files, too; PostgreSQL does the like in its own time (VACUUM)."""
        if not self._sqlite:
            return
        for _ in range(_FORGET_ATTEMPTS):
            with self.transaction() as connection:
                # 1 when somebody else was reading at that moment.
                if not connection.scalar(text("PRAGMA wal_checkpoint(TRUNCATE)")):
                    return
            time.sleep(_FORGET_PAUSE_S)
        get_logger().warning("the log of the jobs' database could not be emptied; the next deletion tries again")

    def close(self) -> None:
        """Ends all connections."""
        self.engine.dispose()


def open_job_database(url: str) -> JobDatabase:
    """The database at a SQLAlchemy URL, with all tables in it. Raises InvalidSettings."""
    try:
        parsed = _with_sync_driver(make_url(url))
        _made(lambda: _migrate(parsed))
        database = JobDatabase(_engine(parsed))
        _made(lambda: _create_workers(database))
    except ArgumentError as error:
        raise InvalidSettings(f"jobs_url is not one of SQLAlchemy's: {error}") from error
    except (TelltaleError, OperationalError, OSError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise InvalidSettings(f"the jobs' database {shown} cannot be opened; check jobs_url: {error}") from error
    return database


def _with_sync_driver(url: URL) -> URL:
    return url.set(drivername="sqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg")


def _made(make: Callable[[], None]) -> None:
    for _ in range(_MAKE_ATTEMPTS - 1):
        try:
            return make()
        except Overloaded:
            time.sleep(_MAKE_PAUSE_S)
    return make()


def _migrate(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with errors_are_typed():
        DBOS.migrate(url.render_as_string(hide_password=False), schema=SCHEMA)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True, pool_size=_POOL, max_overflow=_POOL)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    connect = {**CONNECTING, "application_name": "telltale-jobs"}
    pool = {"pool_size": _POOL, "max_overflow": _POOL, "pool_pre_ping": True}
    return create_engine(url, hide_parameters=True, connect_args=connect, **pool)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Every writing transaction says so at its beginning; DBOS counts on it.
    connection.isolation_level = "IMMEDIATE"
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _create_workers(database: JobDatabase) -> None:
    with database.transaction() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CREATE_LOCK})
        connection.execute(CreateTable(workers, if_not_exists=True))

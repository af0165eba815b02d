"""What SQLite must be told: how to keep its files, and when transactions begin."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event

# secure_delete: what is deleted is overwritten, not just forgotten. busy_timeout: milliseconds.
_PRAGMAS = ("busy_timeout=10000", "journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON")
_BEGIN = "telltale_begin"

# SQLite cannot turn a reading transaction into a writing one while another writes, so writers say so at once.
WRITING = {_BEGIN: "BEGIN IMMEDIATE"}
"""Execution options of an engine whose transactions write. Other databases take no notice."""


def prepare(engine: Engine, synchronous: str) -> None:
    """Sets connections up. `synchronous` "NORMAL": a commit survives a crash of ours; "FULL": one of the machine, too."""
    pragmas = (*_PRAGMAS, f"synchronous={synchronous}")

    def connected(connection: Any, _record: object) -> None:
        # The driver's own BEGIN comes too late for a consistent read and not at all before DDL: `_begin` sends it.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", _begin)


def _begin(connection: Connection) -> None:
    # Reading needs no BEGIN: each SELECT is a transaction of its own, and every statement costs a change of threads.
    statement = connection.get_execution_options().get(_BEGIN)
    if statement is not None:
        connection.exec_driver_sql(statement)

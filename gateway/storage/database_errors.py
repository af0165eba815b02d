"""What goes wrong with a database, in our own words: full, busy, or away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kit.errors import Overloaded, StorageFull, StorageUnavailable, TelltaleError

# SQLSTATE of PostgreSQL (appendix A of its manual): disk_full; read_only_sql_transaction, which is what a server says that has
# become a standby; idle_in_transaction_session_timeout, which ends who stood still for too long; and the classes transaction
# rollback (deadlocks) and object not in prerequisite state (locks).
_FULL = "53100"
_ENDED = ("25006", "25P03")
_BUSY = ("40", "55P03")
# SQLite has words instead of numbers, and tells its own mistakes by the same class of error: these are no mistakes.
_SQLITE_FULL = ("is full", "No space left")
_SQLITE_BUSY = "is locked"
_SQLITE_AWAY = ("unable to open database file", "disk I/O error")
_RETRY_AFTER_S = 1.0


@contextmanager
def errors_are_typed() -> Iterator[None]:
    """Raises StorageFull, Overloaded and StorageUnavailable for errors that mean these; others pass."""
    try:
        yield
    except PoolTimeout as error:
        raise _busy() from error
    except DBAPIError as error:
        typed = _typed(error)
        if typed is None:
            raise
        raise typed from error


def _typed(error: DBAPIError) -> TelltaleError | None:
    problem = str(error.orig)
    if getattr(error.orig, "diag", None) is not None:
        return _typed_by_state(error, getattr(error.orig, "sqlstate", None) or "")
    if any(words in problem for words in _SQLITE_FULL):
        return _full()
    if _SQLITE_BUSY in problem:
        return _busy()
    return _away() if any(words in problem for words in _SQLITE_AWAY) else None


def _typed_by_state(error: DBAPIError, state: str) -> TelltaleError | None:
    if state == _FULL:
        return _full()
    if state.startswith(_BUSY):
        return _busy()
    # Whatever else is operational is so for reasons that lie with the server or the way to it.
    away = state in _ENDED or isinstance(error, OperationalError | InterfaceError)
    return _away() if away else None


def _full() -> StorageFull:
    return StorageFull("the disk of the database is full; delete media, or ask the operator for space")


def _busy() -> Overloaded:
    return Overloaded("the database is busy; try again in a moment", retry_after_s=_RETRY_AFTER_S)


def _away() -> StorageUnavailable:
    return StorageUnavailable(
        "the database does not answer; nothing is lost: try again in a moment", retry_after_s=_RETRY_AFTER_S
    )

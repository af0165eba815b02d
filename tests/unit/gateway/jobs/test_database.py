"""Opening the jobs' database beside others who do the same."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from gateway.jobs import database
from gateway.jobs.database import DBOS, open_job_database
from kit.errors import InvalidSettings


def busy_at_first(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What SQLite says at once to all but one of those who switch a new file to its write-ahead log."""
    migrate, left = DBOS.migrate, iter(range(times))

    def moody(*arguments: Any, **options: Any) -> None:
        if next(left, None) is not None:
            raise OperationalError("PRAGMA journal_mode=WAL", None, sqlite3.OperationalError("database is locked"))
        migrate(*arguments, **options)

    monkeypatch.setattr(DBOS, "migrate", moody)
    monkeypatch.setattr(database, "_MAKE_PAUSE_S", 0.0)


def test_a_file_that_another_process_makes_at_this_moment_is_opened_after_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_at_first(3, monkeypatch)
    open_job_database(f"sqlite:///{tmp_path}/jobs.db").close()


def test_who_holds_it_for_ever_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy_at_first(1000, monkeypatch)
    with pytest.raises(InvalidSettings, match="is busy"):
        open_job_database(f"sqlite:///{tmp_path}/jobs.db")

"""Every test of a query runs on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.storage.database import Database, open_database
from tests.support.clock import FakeClock
from tests.support.rows import World
from tests.support.storeroom import new_storeroom, work_on


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/t.db"


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database: SQLite, and PostgreSQL where it is installed."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """Rows on each of the databases, their files in a folder."""
    clock = FakeClock()
    store, work = new_storeroom(database, tmp_path, clock), work_on(database, tmp_path, clock)
    return World(database, store, work, tmp_path, clock)

"""Databases of earlier versions become those of today, with what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

import gateway.storage.migrations
from gateway.paging import Page
from gateway.search import search
from gateway.storage.database import open_database
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.clock import FakeClock
from tests.support.storeroom import new_storeroom

ROWS = 450


def settings(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(gateway.storage.migrations.__file__).parent))
    config.attributes["connection"] = connection
    return config


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection without asyncio, in a transaction."""
    with create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool).begin() as connection:
        yield connection


@pytest.fixture
def old(database_url: str) -> str:
    """A database of the first version: more rows than are read at once, one of them with a verdict. Its URL."""
    with connected(database_url) as connection:
        command.upgrade(settings(connection), "0001")
        connection.execute(text("INSERT INTO media VALUES ('m', 'alice', 'ab', 2000000000000, :empty)"), {"empty": b""})
        rows = [{"id": f"{number:026}", "document": analysis(number).SerializeToString()} for number in range(ROWS)]
        connection.execute(text("INSERT INTO analyses VALUES (:id, 'alice', 'm', 2, :document, NULL)"), rows)
    return database_url


def analysis(number: int) -> resources_pb2.Analysis:
    made = resources_pb2.Analysis(name=f"analyses/{number:026}", display_name=f"STRAßE {number}.jpg")
    made.info.sha256, made.info.kind = f"{number:064}", media_pb2.MEDIA_KIND_VIDEO
    if number == 7:
        made.verdict.label = verdict_pb2.LABEL_MANIPULATED
    return made


async def test_analyses_of_the_first_version_can_be_searched(old: str, tmp_path: Path) -> None:
    async with open_database(old) as database:
        rows = new_storeroom(database, tmp_path, FakeClock()).analyses
        everything = await rows.page("alice", Page(1000), search("strasse", [], [media_pb2.MEDIA_KIND_VIDEO]))
        assert len(everything) == ROWS
        [judged] = await rows.page("alice", Page(1000), search(f"{7:064}", [verdict_pb2.LABEL_MANIPULATED]))
        assert judged == analysis(7)


async def test_the_second_version_can_be_left_again(old: str) -> None:
    async with open_database(old):
        pass
    with connected(old) as connection:
        command.downgrade(settings(connection), "0001")
        columns = [column["name"] for column in inspect(connection).get_columns("analyses")]
        assert columns == ["id", "owner", "media_id", "state", "document", "evidence"]
        assert connection.scalar(text("SELECT count(*) FROM analyses")) == ROWS

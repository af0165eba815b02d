"""The database itself counts how often an analysis ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from telltale.gateway.v1 import resources_pb2
from tests.chaos.ends import ends, open_engine, watch

RUNNING, SUCCEEDED = resources_pb2.ANALYSIS_STATE_RUNNING, resources_pb2.ANALYSIS_STATE_SUCCEEDED


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database with one analysis that is running, of which every end is noted."""
    sqlite = f"sqlite:///{tmp_path / 'rows.db'}"
    url = sqlite if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    engine = open_engine(url)
    kind = "BLOB" if request.param == "sqlite" else "BYTEA"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE analyses (id VARCHAR(26), state INTEGER, document {kind})"))
        connection.execute(text(f"INSERT INTO analyses VALUES ('a', {RUNNING}, 'asked')"))
    engine.dispose()
    watch(url)
    return url


def noted(url: str, *changes: tuple[int, str]) -> list[tuple[str, int]]:
    """The ends that are noted when the analysis changes to these states and documents, one after the other."""
    engine = open_engine(url)
    try:
        for state, document in changes:
            with engine.begin() as connection:
                connection.execute(text(f"UPDATE analyses SET state = {state}, document = '{document}'"))
        return list(ends(engine))
    finally:
        engine.dispose()


def test_an_analysis_that_ends_is_noted_once(url: str) -> None:
    assert noted(url, (RUNNING, "half"), (SUCCEEDED, "done"), (SUCCEEDED, "done")) == [("a", SUCCEEDED)]


def test_one_that_ends_with_another_answer_is_noted_again(url: str) -> None:
    assert len(noted(url, (SUCCEEDED, "done"), (SUCCEEDED, "done otherwise"))) == 2


def test_one_that_is_taken_up_again_and_ends_once_more_is_noted_again(url: str) -> None:
    assert len(noted(url, (SUCCEEDED, "done"), (RUNNING, "again"), (SUCCEEDED, "done"))) == 2

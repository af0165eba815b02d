"""Counts, inside the database, how analyses end: what the code that ends them believes of itself does not matter."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, create_engine, make_url, text

from telltale.gateway.v1 import resources_pb2

_ENDED = ", ".join(
    str(state)
    for state in (
        resources_pb2.ANALYSIS_STATE_SUCCEEDED,
        resources_pb2.ANALYSIS_STATE_FAILED,
        resources_pb2.ANALYSIS_STATE_CANCELLED,
    )
)
_TABLE = "CREATE TABLE chaos_ends (analysis_id VARCHAR(26) NOT NULL, state INTEGER NOT NULL)"
_NOTE = "INSERT INTO chaos_ends VALUES (NEW.id, NEW.state)"
# Also one that ends again, in the same state or another: ended is ended.
_WHEN = f"NEW.state IN ({_ENDED}) AND (OLD.state <> NEW.state OR OLD.document <> NEW.document)"
_SQLITE = (
    _TABLE,
    f"CREATE TRIGGER chaos_end AFTER UPDATE ON analyses WHEN {_WHEN} BEGIN {_NOTE}; END",
)
_POSTGRES = (
    _TABLE,
    f"CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN {_NOTE}; RETURN NEW; END'",
    f"CREATE TRIGGER chaos_end AFTER UPDATE ON analyses FOR EACH ROW WHEN ({_WHEN}) EXECUTE FUNCTION chaos_note()",
)


def open_engine(url: str) -> Engine:
    """A database of the gateway's, for somebody who is no part of it."""
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    return create_engine(parsed.set(drivername="sqlite" if sqlite else "postgresql+psycopg"))


def watch(url: str) -> None:
    """From now on every end is noted."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in _SQLITE if engine.dialect.name == "sqlite" else _POSTGRES:
            connection.execute(text(statement))
    engine.dispose()


def ends(engine: Engine) -> Sequence[tuple[str, int]]:
    """The id of an analysis and the state in which it ended, for every time that one ended."""
    with engine.connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(text("SELECT analysis_id, state FROM chaos_ends"))]

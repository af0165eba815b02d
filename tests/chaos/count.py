"""Afterwards: what is there, what is missing, and what is there twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from sqlalchemy import Engine, text

from gateway.keeping.orphans import UPLOAD_AGE, Orphans
from gateway.settings import GatewaySettings
from gateway.storage.blobs import open_blobs
from gateway.storage.database import open_database
from gateway.storage.sql_media import SqlMedia
from telltale.gateway.v1 import resources_pb2
from tests.chaos.clients import Outcome
from tests.chaos.ends import ends, open_engine
from tests.chaos.orders import Order
from tests.chaos.stack import Victims
from tests.support.clock import FakeClock

_SUCCEEDED = resources_pb2.ANALYSIS_STATE_SUCCEEDED


@dataclass(frozen=True)
class Books:
    """What the databases and the media store hold.

    Attributes:
        analyses: their states, by id.
        keys: the ids of analyses by idempotency key.
        ends: how often each analysis ended, by id.
        notifications: the analysis of each and its state, by id.
        media: ids of the rows.
        evidence: keys of the files that rows of analyses name.
        files: keys of the stored files.
        ordered: ids of media that an analysis is about.
        jobs: the state of each, by id.
    """

    analyses: Mapping[str, int]
    keys: Sequence[tuple[str, str]]
    ends: Counter[str]
    notifications: Mapping[str, tuple[str, str]]
    media: set[str]
    evidence: set[str]
    files: set[str]
    ordered: set[str]
    jobs: Mapping[str, str]

    @property
    def busy(self) -> bool:
        """Whether any job has not ended."""
        return any(state in ("ENQUEUED", "PENDING", "DELAYED") for state in self.jobs.values())


async def sweep(settings: GatewaySettings) -> int:
    """Has files without a row swept as the janitor does it, only as if it were hours later; how many there were."""
    later = FakeClock(datetime.now(UTC) + 2 * UPLOAD_AGE)
    blobs = open_blobs(settings.media_store(), settings.media_quota_bytes, later)
    async with open_database(settings.database()) as database:
        return await Orphans(blobs, SqlMedia(database, later).known, later).sweep()


def books(victims: Victims) -> Books:
    """As they stand."""
    rows, jobs = open_engine(victims.settings.database()), open_engine(victims.settings.jobs())
    try:
        return _books(victims, rows, jobs)
    finally:
        rows.dispose()
        jobs.dispose()


def problems(
    books: Books, orders: Sequence[Order], outcomes: Sequence[Outcome], told: Counter[str]
) -> Mapping[str, list[str]]:
    """What is wrong, by what should be so; empty lists where all is well."""
    wanted = {order.request_id for order in orders}
    names = {name for outcome in outcomes for name in outcome.names}
    notified = {
        next(iter(outcome.names), "") for order, outcome in zip(orders, outcomes, strict=True) if order.notified
    }
    told_of = Counter(f"analyses/{analysis}" for analysis, _ in books.notifications.values())
    owed = {f"analysis-{key}" for key in books.analyses} | {f"notification-{key}" for key in books.notifications}
    return {
        "every client got an answer": [f"{o.names} {o.state}" for o in outcomes if not (o.answered and o.state == "SUCCEEDED")],
        "every client heard of one analysis": [str(o.names) for o in outcomes if len(o.names) != 1],
        "no two clients heard of the same": _differing(len(names), len(outcomes)),
        "every key has one analysis": _twice(key for key, _ in books.keys) + sorted(wanted ^ {key for key, _ in books.keys}),
        "no analysis without a key": sorted(books.analyses.keys() ^ {analysis for _, analysis in books.keys}),
        "every analysis has succeeded": [key for key, state in books.analyses.items() if state != _SUCCEEDED],
        "every analysis ended once": [f"{key} {books.ends[key]}" for key in books.analyses if books.ends[key] != 1],
        "one notification for each that was asked for": sorted((notified ^ told_of.keys()) | set(_twice(told_of.elements()))),
        "every notification was delivered": [key for key, (_, state) in books.notifications.items() if state != "delivered"],
        "everybody was told": sorted(books.notifications.keys() - told.keys()),
        "every job has ended well": [f"{key} {state}" for key, state in books.jobs.items() if state != "SUCCESS"],
        "no job without its row, and none missing": sorted(owed ^ books.jobs.keys()),
        "no file without its row": sorted(books.files - books.media - books.evidence),
        "no row without its file": sorted((books.media | books.evidence) - books.files),
    }  # fmt: skip


def _books(victims: Victims, rows: Engine, jobs: Engine) -> Books:
    schema = "" if jobs.dialect.name == "sqlite" else "dbos."
    found = _all(rows, "SELECT id, analysis_id, state FROM notifications")
    folder = Path(urlparse(victims.settings.media_store()).path)
    return Books(
        analyses=dict(_all(rows, "SELECT id, state FROM analyses")),
        keys=_all(rows, "SELECT request_id, analysis_id FROM request_ids WHERE analysis_id IS NOT NULL"),
        ends=Counter(key for key, _ in ends(rows)),
        notifications={key: (analysis, state) for key, analysis, state in found},
        media={key for (key,) in _all(rows, "SELECT id FROM media")},
        evidence={key for (key,) in _all(rows, "SELECT evidence_key FROM analyses") if key},
        files={path.name for path in folder.iterdir() if path.is_file()},
        ordered={key for (key,) in _all(rows, "SELECT media_id FROM analyses")},
        jobs=dict(_all(jobs, f"SELECT workflow_uuid, status FROM {schema}workflow_status")),
    )


def _all(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _differing(found: int, wanted: int) -> list[str]:
    return [] if found == wanted else [f"{found} instead of {wanted}"]


def _twice(keys: Iterable[str]) -> list[str]:
    return [f"{key} twice" for key, times in Counter(keys).items() if times > 1]

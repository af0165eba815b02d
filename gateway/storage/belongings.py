"""What hangs on media and analyses and goes with them: looked up before they are deleted, for the receipt and for the files."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import contribution_name, feedback_name, share_name
from gateway.jobs.engine import job_id
from gateway.storage.database import few_at_once
from gateway.storage.records import Deletion
from gateway.storage.tables import (
    analyses,
    contributions,
    feedback,
    notifications,
    partial_results,
    request_ids,
    shares,
)
from telltale.gateway.v1 import resources_pb2

REQUEST_IDS = "request ids"


async def of_analyses(connection: AsyncConnection, chosen: ColumnElement[bool], *, locked: bool) -> Deletion:
    """The analyses that `chosen` picks and all that hangs on them; `locked`: nobody may add to it until the transaction ends."""
    judged = await _analyses(connection, chosen, locked=locked)
    ids = select(analyses.c.id).where(chosen)
    shared = await connection.execute(select(shares.c.analysis_id, shares.c.id).where(shares.c.analysis_id.in_(ids)))
    links = sorted(share_name(analysis_id, share_id) for analysis_id, share_id in shared)
    learned = sorted(map(feedback_name, await _column(connection, feedback.c.analysis_id, ids)))
    letters = await _column(connection, notifications.c.id, ids)
    found = {
        "shares": links,
        "feedback": learned,
        "notifications": letters,
        "partial results": await _column(connection, partial_results.c.detector, ids),
        REQUEST_IDS: await _column(connection, request_ids.c.request_id, ids),
    }
    return Deletion(
        names=(*judged.names, *links, *learned),
        artefacts=judged.artefacts | {kind for kind, there in found.items() if there},
        jobs=(*judged.jobs, *(job_id("notification", letter) for letter in letters)),
        evidence=judged.evidence,
    )


async def of_media(connection: AsyncConnection, media_id: str, *, locked: bool, contributed: bool) -> Deletion:
    """The same of a file: its analyses, its keys and, unless consent outlives it, its contributed copy."""
    found = await of_analyses(connection, analyses.c.media_id == media_id, locked=locked)
    claimed = select(request_ids.c.request_id).where(request_ids.c.media_id == media_id).limit(1)
    given = select(contributions.c.id).where(contributions.c.media_id == media_id)
    copies = tuple(await connection.scalars(given)) if contributed else ()
    kinds = {REQUEST_IDS: await connection.scalar(claimed), "contribution": copies}
    return Deletion(
        names=(*found.names, *map(contribution_name, copies)),
        artefacts=found.artefacts | {kind for kind, there in kinds.items() if there},
        jobs=found.jobs,
        file=media_id,
        evidence=found.evidence,
        contributions=copies,
    )


async def _analyses(connection: AsyncConnection, chosen: ColumnElement[bool], *, locked: bool) -> Deletion:
    columns = (
        analyses.c.id,
        analyses.c.document,
        analyses.c.evidence_key,
        analyses.c.evidence.is_not(None).label("inside"),
    )
    query = select(*columns).where(chosen).order_by(analyses.c.id)
    names: list[str] = []
    kinds: set[str] = set()
    jobs: list[str] = []
    files: list[str] = []
    async with few_at_once(connection, query.with_for_update() if locked else query) as rows:
        async for row in rows:
            analysis, key = resources_pb2.Analysis.FromString(row.document), row.evidence_key
            names += [analysis.name, *(shown.name for shown in analysis.maps)]
            kinds |= {"analysis"} | ({"evidence"} if key or row.inside else set())
            kinds |= {"maps"} if analysis.maps else set()
            jobs.append(job_id("analysis", row.id))
            files += [key] if key else []
    return Deletion(tuple(names), frozenset(kinds), tuple(jobs), evidence=tuple(files))


async def _column(connection: AsyncConnection, wanted: Column[str], ids: Select[tuple[str]]) -> Sequence[str]:
    column = wanted.table.c.analysis_id
    return (await connection.scalars(select(wanted).where(column.in_(ids)))).all()

"""What hangs on analyses and goes with them: looked up right before they are deleted, for the receipt."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.ids import feedback_name, share_name
from gateway.storage.tables import analyses, feedback, notifications, request_ids, shares
from telltale.gateway.v1 import resources_pb2

REQUEST_IDS = "request ids"


class Belongings(NamedTuple):
    """Analyses and all that hangs on them: names of the resources, kinds of stored data that are really there."""

    names: tuple[str, ...]
    artefacts: frozenset[str]


async def belongings(connection: AsyncConnection, chosen: ColumnElement[bool]) -> Belongings:
    """What the analyses that `chosen` picks are and have."""
    ids = select(analyses.c.id).where(chosen)
    judged = await _analyses(connection, chosen)
    shared = await connection.execute(select(shares.c.analysis_id, shares.c.id).where(shares.c.analysis_id.in_(ids)))
    links = sorted(share_name(analysis_id, share_id) for analysis_id, share_id in shared)
    said = await connection.execute(select(feedback.c.analysis_id).where(feedback.c.analysis_id.in_(ids)))
    learned = sorted(feedback_name(analysis_id) for (analysis_id,) in said)
    keys = select(request_ids.c.request_id).where(request_ids.c.analysis_id.in_(ids)).limit(1)
    told = select(notifications.c.id).where(notifications.c.analysis_id.in_(ids)).limit(1)
    found = {
        "shares": links,
        "feedback": learned,
        REQUEST_IDS: await connection.scalar(keys),
        "notifications": await connection.scalar(told),
    }
    kinds = judged.artefacts | {kind for kind, there in found.items() if there}
    return Belongings((*judged.names, *links, *learned), kinds)


async def _analyses(connection: AsyncConnection, chosen: ColumnElement[bool]) -> Belongings:
    query = select(analyses.c.document, analyses.c.evidence.is_not(None)).where(chosen).order_by(analyses.c.id)
    names: list[str] = []
    kinds: set[str] = set()
    for document, has_evidence in await connection.execute(query):
        analysis = resources_pb2.Analysis.FromString(document)
        names += [analysis.name, *(shown.name for shown in analysis.maps)]
        kinds |= {"analysis"} | ({"evidence"} if has_evidence else set()) | ({"maps"} if analysis.maps else set())
    return Belongings(tuple(names), frozenset(kinds))

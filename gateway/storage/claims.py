"""Idempotency keys in SQL."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.storage.records import Claim, RequestIdTaken
from gateway.storage.tables import request_ids
from kit.errors import RequestIdReused


class Claimed(NamedTuple):
    """The resource behind a key; the id of the kind that it is not is empty."""

    media_id: str
    analysis_id: str


async def find_claim(connection: AsyncConnection, owner: str, claim: Claim) -> Claimed | None:
    """The resource behind a key. Raises RequestIdReused when it came with other bytes."""
    columns = request_ids.c
    wanted = (columns.owner == owner) & (columns.purpose == claim.purpose) & (columns.request_id == claim.request_id)
    row = (
        await connection.execute(select(columns.sha256, columns.media_id, columns.analysis_id).where(wanted))
    ).first()
    if row is not None and row.sha256 != claim.sha256:
        raise RequestIdReused(
            f"request_id {claim.request_id} came before with another file; use a new UUID for every new file",
            request_id=claim.request_id,
        )
    return None if row is None else Claimed(row.media_id or "", row.analysis_id or "")


async def add_claim(connection: AsyncConnection, owner: str, claim: Claim | None, **resource: str) -> None:
    """Stores a key with the resource it made, given as `media_id` or `analysis_id`. Raises RequestIdTaken."""
    if claim is None:
        return
    row = {"owner": owner, "purpose": claim.purpose, "request_id": claim.request_id, "sha256": claim.sha256, **resource}
    try:
        await connection.execute(insert(request_ids).values(row))
    except IntegrityError as error:
        # Only another process of ours can have been faster: calls of this one wait for each other.
        raise RequestIdTaken(claim.request_id) from error

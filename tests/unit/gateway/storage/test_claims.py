"""One idempotency key, many processes."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from gateway.paging import Page
from gateway.storage.database import Database
from gateway.storage.sql_media import SqlMedia
from kit.clock import SystemClock
from tests.support.claimants import CLAIM

ROOT = Path(__file__).parents[4]


async def claimant(url: str) -> Process:
    """A process that is ready to store the same upload 25 times at once."""
    command = (sys.executable, "-m", "tests.support.claimants", url, "25")
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def test_of_fifty_equal_uploads_from_two_processes_one_is_stored(database: Database, database_url: str) -> None:
    processes = await asyncio.gather(claimant(database_url), claimant(database_url))
    answers = await asyncio.gather(*(process.communicate(b"\n") for process in processes))
    assert sum(int(stored) for stored, _ in answers) == 1
    rows = SqlMedia(database, SystemClock())
    [media] = await rows.page("alice", Page(50))
    assert await rows.claimed("alice", CLAIM) == media

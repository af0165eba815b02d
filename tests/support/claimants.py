"""A process that stores the same upload many times at once, under one idempotency key.

Usage: `python -m tests.support.claimants URL COUNT`. It begins when it reads a line, so that several of them begin together, and
prints how often it was the one that stored it.
"""

from __future__ import annotations

import asyncio
import sys

from gateway.ids import media_name, new_id
from gateway.storage.database import Database, open_database
from gateway.storage.records import Claim, RequestIdTaken
from gateway.storage.sql_media import SqlMedia
from kit.clock import SystemClock
from telltale.gateway.v1 import resources_pb2

CLAIM = Claim("upload", "0b8bb6a0-5a0f-4a0b-9d30-2f0e0a4d9c11", "5" * 64)


async def store(database: Database) -> int:
    """1 when it was stored, 0 when another one was faster."""
    media = resources_pb2.Media(name=media_name(new_id(SystemClock())))
    media.info.sha256 = CLAIM.sha256
    media.expire_time.FromSeconds(2_000_000_000)
    try:
        await SqlMedia(database, SystemClock()).add("alice", media, CLAIM)
    except RequestIdTaken:
        return 0
    return 1


async def main(url: str, count: int) -> None:
    async with open_database(url) as database:
        print("ready", flush=True)  # noqa: T201 - how the parent learns of it
        await asyncio.to_thread(sys.stdin.readline)
        print(sum(await asyncio.gather(*(store(database) for _ in range(count)))), flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))

"""Work that comes back again and again, and must not end because it failed once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.exc import DBAPIError

from kit.errors import TelltaleError
from kit.log import get_logger

Chore = Callable[[], Awaitable[object]]
FAILURES = (OSError, TelltaleError, DBAPIError)
"""What may be over at the next round."""


async def keep_at(chores: Sequence[Chore], interval_s: float) -> None:
    """Does all chores, waits, and begins again, until cancelled; one that fails does not keep the others."""
    while True:
        for chore in chores:
            try:
                await chore()
            except FAILURES as error:
                get_logger().error("a chore failed; the next round tries again", chore=str(chore), problem=str(error))
        await asyncio.sleep(interval_s)

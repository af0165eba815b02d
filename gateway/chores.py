"""Work that comes back again and again, and must not end because it failed once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from gateway.jobs.patience import problem_of
from kit.log import get_logger

Chore = Callable[[], Coroutine[Any, Any, object]]


async def keep_at(chores: Sequence[Chore], interval_s: float) -> None:
    """Does all chores, waits, and begins again, until cancelled; one that fails stops neither the others nor itself."""
    while True:
        for chore in chores:
            if problem := await problem_of("chore", chore()):
                get_logger().error("a chore failed; the next round tries again", chore=str(chore), problem=problem)
        await asyncio.sleep(interval_s)

from __future__ import annotations

import asyncio

import pytest

from gateway.chores import keep_at
from kit.errors import StorageUnavailable


@pytest.mark.parametrize("error", [StorageUnavailable("away"), ValueError("a row that nobody can read")])
async def test_a_chore_that_fails_keeps_neither_the_others_nor_the_next_round(error: Exception) -> None:
    rounds: list[str] = []
    enough = asyncio.Event()

    async def failing() -> None:
        rounds.append("failing")
        raise error

    async def other() -> None:
        rounds.append("other")
        if len(rounds) == 4:
            enough.set()

    task = asyncio.create_task(keep_at((failing, other), 0.001))
    await asyncio.wait_for(enough.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert rounds[:4] == ["failing", "other"] * 2

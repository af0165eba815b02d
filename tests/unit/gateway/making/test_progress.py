from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from gateway.making.progress import Progress
from gateway.orders.bulletin import Bulletin
from gateway.uninterrupted import uninterrupted
from telltale.gateway.v1 import resources_pb2


class SlowRows:
    """A step is stored once `go_on` is set, whoever is cancelled meanwhile."""

    def __init__(self) -> None:
        self.storing = asyncio.Event()
        self.go_on = asyncio.Event()

    @uninterrupted
    async def show(self, analysis: resources_pb2.Analysis) -> None:
        self.storing.set()
        await self.go_on.wait()


async def test_who_is_cancelled_while_the_last_step_is_stored_stays_cancelled() -> None:
    rows = SlowRows()
    leaving = asyncio.Event()

    async def work() -> None:
        async with Progress(cast(Any, rows), Bulletin(), stored=True) as progress:
            progress.publish(resources_pb2.Analysis())
            await rows.storing.wait()
            leaving.set()

    task = asyncio.create_task(work())
    await leaving.wait()
    task.cancel()
    rows.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task

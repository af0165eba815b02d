"""The length of the queue, as metrics tell it."""

from __future__ import annotations

from typing import cast

from gateway.ids import new_id
from gateway.queue_gauge import QueueGauge
from gateway.storage.work_repository import WorkRepository
from kit.telemetry import exposition
from tests.support.clock import FakeClock


class Queue:
    """Only as much of the rows as a look at the queue needs."""

    def __init__(self, waiting: int, oldest: str) -> None:
        self._answer = waiting, oldest

    async def queue(self) -> tuple[int, str]:
        return self._answer


async def looked(waiting: int, oldest: str, clock: FakeClock) -> list[str]:
    await QueueGauge(cast("WorkRepository", Queue(waiting, oldest)), clock).look()
    told = ("telltale_gateway_waiting", "telltale_gateway_oldest")
    return [line for line in exposition().splitlines() if line.startswith(told)]


async def test_the_queue_and_the_age_of_its_oldest_are_told() -> None:
    clock = FakeClock()
    oldest = new_id(clock)
    clock.advance(90)
    told = await looked(3, oldest, clock)
    assert told == ["telltale_gateway_waiting_analyses 3.0", "telltale_gateway_oldest_waiting_seconds 90.0"]


async def test_an_empty_queue_has_no_age() -> None:
    told = await looked(0, "", FakeClock())
    assert told == ["telltale_gateway_waiting_analyses 0.0", "telltale_gateway_oldest_waiting_seconds 0.0"]

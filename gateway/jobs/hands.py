"""The part of a worker that does jobs: so many at once, persistently, and stopped at any moment. Lives on the process's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from gateway.jobs.engine import Work
from gateway.jobs.patience import PAUSES_S, insisted, problem_of, tried
from kit.clock import Clock

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Limits:
    """How much a worker takes on.

    Attributes:
        analyses: at work at once.
        deliveries: of notifications, at once.
        attempts: how often a job is begun. One that takes its worker down with it each time must come to an end.
        pauses_s: between two attempts at one step.
        longest_wait_s: of a notification in its place, which others want, too.
    """

    analyses: int
    deliveries: int = 32
    attempts: int = 20
    pauses_s: tuple[float, ...] = PAUSES_S
    longest_wait_s: float = 60.0


class Hands:
    """Does jobs with a `Work`."""

    def __init__(self, work: Work, limits: Limits, clock: Clock) -> None:
        self._work = work
        self._limits = limits
        self._clock = clock
        # The queue counts places, too, but by what the process that started last has set.
        self._analyses = asyncio.Semaphore(limits.analyses)
        self._deliveries = asyncio.Semaphore(limits.deliveries)
        self._tasks: dict[str, set[asyncio.Task[object]]] = {}

    def busy(self) -> list[str]:
        """The jobs that are at work here."""
        return list(self._tasks)

    def stop(self, job_ids: Iterable[str]) -> None:
        """Cancels the tasks that work on these jobs."""
        for job_id in job_ids:
            for task in self._tasks.get(job_id, ()):
                task.cancel()

    async def stopped(self, job_ids: Iterable[str]) -> None:
        """The same, and waits until they have ended."""
        tasks = {task for job_id in job_ids for task in self._tasks.get(job_id, ())}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def examine(self, job_id: str, analysis_id: str) -> str:
        """A step of an analysis: what went wrong in the end, or nothing."""
        return await self._analyse(job_id, partial(self._work.examine, analysis_id))

    async def judge(self, job_id: str, analysis_id: str) -> str:
        """As `examine`."""
        return await self._analyse(job_id, partial(self._work.judge, analysis_id))

    async def insist(self, job_id: str, attempt: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """What must be known before anything else is done."""
        with self._at_work(job_id):
            return await insisted(job_id, self._limits.pauses_s, attempt)

    async def fail(self, job_id: str, analysis_id: str, problem: str) -> None:
        """Ends an analysis, however long that takes."""
        await self.insist(job_id, partial(self._work.fail, analysis_id, problem))

    async def deliver(self, job_id: str, notification_id: str) -> float | None:
        """One attempt at a delivery; when the next one is due, in seconds since 1970, or None."""
        with self._at_work(job_id):
            async with self._deliveries:
                pause_s = await insisted(job_id, self._limits.pauses_s, partial(self._work.deliver, notification_id))
        return None if pause_s is None else self._clock.now().timestamp() + pause_s

    async def wait_until(self, job_id: str, moment_s: float) -> bool:
        """Sleeps; the moment, not the length, is what is written down, so a restart makes it no longer.

        False, at once, when that would take too long: receivers that are away for a day must not fill all places meanwhile.
        """
        pause_s = moment_s - self._clock.now().timestamp()
        if pause_s > self._limits.longest_wait_s:
            return False
        with self._at_work(job_id):
            await asyncio.sleep(max(0.0, pause_s))
        return True

    async def _analyse(self, job_id: str, attempt: Callable[[], Coroutine[Any, Any, None]]) -> str:
        with self._at_work(job_id):
            async with self._analyses:
                return await problem_of(job_id, tried(job_id, self._limits.pauses_s, attempt))

    @contextmanager
    def _at_work(self, job_id: str) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None
        tasks = self._tasks.setdefault(job_id, set())
        tasks.add(task)
        try:
            yield
        finally:
            tasks.discard(task)
            if not tasks:
                self._tasks.pop(job_id, None)

"""The engine of durable work on DBOS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gateway.jobs.dropped import Dropped
from gateway.jobs.engine import Backlog, Job, Work
from gateway.jobs.hands import Hands
from gateway.jobs.ledger import Ledger
from gateway.jobs.patience import problem_of
from gateway.jobs.quiet import hush
from gateway.jobs.runner import Posture, Runner
from gateway.jobs.silence import Silence
from kit.clock import Clock
from kit.errors import NotConfigured
from kit.log import get_logger

_WATCH_S = 0.5


@dataclass(frozen=True)
class Plan:
    """Where the jobs are, and what this process has to do with them.

    Attributes:
        url: SQLAlchemy URL of the jobs' database.
        posture: how this process works.
        works: whether it works at all, or only takes jobs on.
        heartbeat_s: seconds between two signs of life.
        silent_s: seconds without one after which a worker counts as dead.
    """

    url: str
    posture: Posture
    works: bool
    heartbeat_s: float
    silent_s: float


class DbosEngine:
    """An `Engine`."""

    def __init__(self, plan: Plan, clock: Clock) -> None:
        self._plan = plan
        self._clock = clock
        self._ledger: Ledger | None = None
        self._hands: Hands | None = None
        self._runner: Runner | None = None

    @asynccontextmanager
    async def running(self, work: Work) -> AsyncIterator[None]:
        """See `Engine`. Raises InvalidSettings when the database cannot be opened."""
        hush()
        self._ledger = ledger = await Ledger.open(self._plan.url)
        try:
            if self._plan.works:
                self._hands = Hands(work, self._plan.posture.limits, self._clock)
                async with self._working(ledger, self._hands):
                    yield
            else:
                yield
        finally:
            self._ledger = self._hands = None
            await ledger.close()

    async def submit(self, jobs: Sequence[Job]) -> None:
        """See `Engine`."""
        if jobs:
            await self._open().submit(jobs)
            self._ring(jobs)

    async def renew(self, jobs: Sequence[Job]) -> None:
        """See `Engine`."""
        if jobs:
            await self._open().renew(jobs)
            self._ring(jobs)

    async def cancel(self, job_ids: Sequence[str]) -> None:
        """See `Engine`. Other processes see it when they look, which they do twice a second."""
        if job_ids:
            await self._open().cancel(job_ids)
            if self._hands is not None:
                self._hands.stop(job_ids)

    async def forget(self, job_ids: Sequence[str]) -> bool:
        """See `Engine`."""
        if not job_ids:
            return False
        if self._hands is not None:
            await self._hands.stopped(job_ids)
        return await self._open().delete(job_ids)

    async def waiting(self, turn: str) -> Backlog:
        """See `Engine`."""
        return await self._open().waiting("analysis", turn)

    def _ring(self, jobs: Sequence[Job]) -> None:
        if self._runner is not None:
            for kind in {job.kind for job in jobs}:
                self._runner.ring(kind)

    def _open(self) -> Ledger:
        if self._ledger is None:
            raise NotConfigured("jobs are taken on while the engine is running; begin with `running`")
        return self._ledger

    @asynccontextmanager
    async def _working(self, ledger: Ledger, hands: Hands) -> AsyncIterator[None]:
        runner = Runner(self._plan.posture, ledger, hands, asyncio.get_running_loop())
        name = self._plan.posture.name
        # On the roll before the first job is taken: whoever has jobs and is not on it counts as dead.
        await ledger.beat(name)
        try:
            await asyncio.to_thread(runner.start)
            self._runner = runner
            dropped = Dropped(_WATCH_S, self._plan.silent_s)
            async with _kept(self._keep_beating(ledger, dropped), self._keep_watching(ledger, hands, dropped, runner)):
                yield
        finally:
            self._runner = None
            await asyncio.to_thread(runner.stop)
            await hands.stopped(hands.busy())
            await _reached(ledger.put_back([name]))

    async def _keep_beating(self, ledger: Ledger, dropped: Dropped) -> None:
        silence = Silence(self._plan.heartbeat_s, self._plan.silent_s)
        while True:
            if not await _reached(self._beat(ledger, silence, dropped)):
                silence.missed()
            await asyncio.sleep(self._plan.heartbeat_s)

    async def _beat(self, ledger: Ledger, silence: Silence, dropped: Dropped) -> None:
        roll = await ledger.beat(self._plan.posture.name)
        if silence.shared(self._plan.posture.name, roll):
            dropped.restart()
        if dead := silence.dead(roll):
            count = await ledger.put_back(dead)
            get_logger().warning("jobs of dead workers wait for others now", workers=sorted(dead), jobs=count)

    async def _keep_watching(self, ledger: Ledger, hands: Hands, dropped: Dropped, runner: Runner) -> None:
        while True:
            await asyncio.sleep(_WATCH_S)
            runner.listen()
            await _reached(self._compare(ledger, hands, dropped))

    async def _compare(self, ledger: Ledger, hands: Hands, dropped: Dropped) -> None:
        """Stops work on what was cancelled, deleted, or taken up elsewhere; gives back what is ours and not at work."""
        name, busy = self._plan.posture.name, set(hands.busy())
        held = await ledger.held(name)
        hands.stop(busy - held)
        if idle := dropped.after(held - busy):
            await ledger.give_back(name, idle)
            get_logger().warning("jobs that nobody had in hand wait for their turn again", jobs=sorted(idle))


@asynccontextmanager
async def _kept(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _reached(work: Coroutine[Any, Any, object]) -> bool:
    """Whether it could be done. When it could not, the next turn tries again."""
    if problem := await problem_of("roll", work):
        get_logger().warning("the roll of workers cannot be kept", problem=problem)
    return not problem

"""An engine without a memory: jobs are tasks of this process, in the order in which they come."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from gateway.jobs.engine import Backlog, Job, Work
from kit.errors import TelltaleError


class FakeEngine:
    """`Engine`. `go_on` keeps jobs waiting while it is cleared; `retries` says how often a job that fails is tried again."""

    def __init__(self, places: int = 6) -> None:
        self._places = asyncio.Semaphore(places)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._known: dict[str, Job] = {}
        self._work: Work | None = None
        self._waiting_by_turn: Counter[str] = Counter()
        self.retries = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.tried_again = asyncio.Event()
        self.submitted: list[Job] = []

    @asynccontextmanager
    async def running(self, work: Work) -> AsyncIterator[None]:
        self._work = work
        try:
            yield
        finally:
            await self._stop(list(self._tasks))

    async def submit(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.job_id not in self._known:
                self._known[job.job_id] = job
                self.submitted.append(job)
                self._tasks[job.job_id] = asyncio.ensure_future(self._do(job))

    async def renew(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.job_id not in self._tasks or self._tasks[job.job_id].done():
                self._known.pop(job.job_id, None)
        await self.submit(jobs)

    async def cancel(self, job_ids: Sequence[str]) -> None:
        await self._stop(job_ids)

    async def forget(self, job_ids: Sequence[str]) -> bool:
        await self._stop(job_ids)
        known = [self._known.pop(job_id, None) for job_id in job_ids]
        return any(job is not None for job in known)

    async def waiting(self, turn: str) -> Backlog:
        return Backlog(self._waiting_by_turn.total(), self._waiting_by_turn[turn])

    def known(self) -> set[str]:
        return set(self._known)

    async def _stop(self, job_ids: Sequence[str]) -> None:
        tasks = [self._tasks.pop(job_id) for job_id in job_ids if job_id in self._tasks]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _do(self, job: Job) -> None:
        assert self._work is not None
        self._waiting_by_turn[job.turn] += 1
        try:
            await self.go_on.wait()
            await self._places.acquire()
        finally:
            self._waiting_by_turn[job.turn] -= 1
        try:
            await (self._analyze(self._work, job) if job.kind == "analysis" else self._deliver(self._work, job))
        finally:
            self._places.release()

    async def _analyze(self, work: Work, job: Job) -> None:
        for left in range(self.retries, -1, -1):
            try:
                await work.examine(job.subject)
                await work.judge(job.subject)
                return
            except TelltaleError as error:
                if not left:
                    await work.fail(job.subject, error.message)
            self.tried_again.set()
            await asyncio.sleep(0.02)

    async def _deliver(self, work: Work, job: Job) -> None:
        while (pause_s := await work.deliver(job.subject)) is not None:
            await asyncio.sleep(pause_s)

"""How many orders a second the queue in a database takes and hands out, when the work itself takes no time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from gateway.jobs.dbos_engine import DbosEngine, Plan
from gateway.jobs.engine import Job
from gateway.jobs.hands import Limits
from gateway.jobs.runner import Posture
from kit.clock import SystemClock

_POLLING_S, _HEARTBEAT_S, _SILENT_S = 0.2, 2.0, 10.0
_AT_ONCE = 4
"""As many as a worker makes by default."""
_PAUSE_S = 0.02


@dataclass(frozen=True)
class Queue:
    """Jobs a second: written down, and done from the queue by one worker, with two steps that do nothing."""

    jobs: int
    submitted_hz: float
    done_hz: float


class Idle:
    """Work that takes no time. `left` says how many jobs have not been judged."""

    def __init__(self, jobs: int) -> None:
        self.left = jobs

    async def examine(self, analysis_id: str) -> None:
        """Nothing."""

    async def judge(self, analysis_id: str) -> None:
        """Counts it."""
        self.left -= 1

    async def fail(self, analysis_id: str, problem: str) -> None:
        """Raises RuntimeError: nothing here may fail."""
        raise RuntimeError(f"{analysis_id} failed: {problem}")

    async def deliver(self, notification_id: str) -> float | None:
        """Nothing."""
        return None


def measure(url: str, jobs: int) -> Queue:
    """In the empty database at this SQLAlchemy URL. Raises InvalidSettings when it cannot be opened."""
    return asyncio.run(_through(url, jobs))


async def _through(url: str, count: int) -> Queue:
    posture = Posture("bench", Limits(_AT_ONCE), _POLLING_S)
    engine, work = DbosEngine(Plan(url, posture, True, _HEARTBEAT_S, _SILENT_S), SystemClock()), Idle(count)
    async with engine.running(work):
        started_s = time.monotonic()
        for number in range(count):
            await engine.submit([Job("analysis", f"job{number}", "token", 1)])
        submitted_s = time.monotonic() - started_s
        while work.left:
            await asyncio.sleep(_PAUSE_S)
        done_s = time.monotonic() - started_s
    return Queue(count, count / submitted_s, count / done_s)

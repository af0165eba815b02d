"""DBOS in this process: it takes jobs from the queues and records their steps; what is done in them, our hands do.

DBOS runs in threads and on a loop of its own, so that nothing it waits for holds up the process's loop; a step crosses over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from gateway.jobs.bell import Bells
from gateway.jobs.database import SCHEMA
from gateway.jobs.engine import Kind, job_id
from gateway.jobs.hands import Hands, Limits
from gateway.jobs.ledger import APPLICATION, VERSION, Ledger

# Until DBOS has written down that a job has ended, and counts its place as free. Nobody tells when, and it may take its time.
_ENDED_S = (0.05, 0.3, 1.5)
_WORN_OUT = "the work on this was begun {attempts} times and never ended; send the file again, or ask the operator"

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Posture:
    """How this process works.

    Attributes:
        name: of the worker; the same after a restart, and no other's.
        limits: how much it takes on.
        polling_s: seconds between two looks into the queue of analyses when this process knows of no change.
    """

    name: str
    limits: Limits
    polling_s: float


class Runner:
    """There is one in a process at most: DBOS is global. `start` and `stop` block, so they belong in threads."""

    def __init__(self, posture: Posture, ledger: Ledger, hands: Hands, loop: asyncio.AbstractEventLoop) -> None:
        self._posture = posture
        self._ledger = ledger
        self._hands = hands
        self._loop = loop
        self._bells: Bells | None = None

    def start(self) -> None:
        """Takes up the jobs that an earlier process of this name left, then new ones."""
        queues = self._ledger.open_queues(self._posture.limits.analyses, self._posture.polling_s)
        self._bells = Bells(DBOS(config=self._config()), queues)
        DBOS.listen_queues([])  # we do
        self._register()
        DBOS.launch()
        self.listen()

    def listen(self) -> None:
        """Looks into the queues, from now on."""
        if self._bells is not None:
            self._bells.listen()

    def ring(self, kind: Kind) -> None:
        """Jobs of this kind were submitted, or one has ended: the queue is looked into now and not only after its interval."""
        if self._bells is not None:
            self._bells.ring(kind)

    def _ring_when_ended(self) -> None:
        for pause_s in _ENDED_S:
            self._loop.call_later(pause_s, self.ring, "analysis")

    def stop(self) -> None:
        """Takes no more jobs, and leaves those at work to whoever comes next."""
        if self._bells is not None:
            self._bells.stop()
        DBOS.destroy(destroy_registry=True)

    def _config(self) -> DBOSConfig:
        return {
            "name": APPLICATION,
            "application_version": VERSION,
            "executor_id": self._posture.name,
            "system_database_engine": self._ledger.database.engine,
            "dbos_system_schema": SCHEMA,
            "run_migrations": False,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "enable_otlp": False,
            # Of messages between jobs, which we have none of; `stop` waits for one interval.
            "notification_listener_polling_interval_sec": 0.1,
        }

    def _register(self) -> None:
        # DBOS writes attributes onto what it is given, which a bound method would not take.
        async def analysis(analysis_id: str) -> None:
            try:
                await self._analysis(analysis_id)
            finally:
                self._loop.call_soon_threadsafe(self._ring_when_ended)

        async def notification(notification_id: str) -> None:
            await self._notification(notification_id)

        # No limit of DBOS's own: beyond it, it would drop a job and leave the analysis unended.
        DBOS.workflow(name="analysis", max_recovery_attempts=None)(analysis)
        DBOS.workflow(name="notification", max_recovery_attempts=None)(notification)

    async def _analysis(self, analysis_id: str) -> None:
        key = job_id("analysis", analysis_id)
        attempts = self._posture.limits.attempts
        if await self._across(self._hands.insist(key, partial(self._ledger.attempts, key))) > attempts:
            problem = _WORN_OUT.format(attempts=attempts)
        else:
            problem = await self._step("examine", self._hands.examine, key, analysis_id)
            problem = problem or await self._step("judge", self._hands.judge, key, analysis_id)
        if problem:
            await self._across(self._hands.fail(key, analysis_id, problem))

    async def _notification(self, notification_id: str) -> None:
        key = job_id("notification", notification_id)
        while (due_s := await self._step("deliver", self._hands.deliver, key, notification_id)) is not None:
            if not await self._across(self._hands.wait_until(key, due_s)):
                return

    async def _step(self, name: str, function: Callable[..., Coroutine[Any, Any, Answer]], *arguments: str) -> Answer:
        async def crossing() -> Answer:
            return await self._across(function(*arguments))

        return await DBOS.run_step_async({"name": name}, crossing)

    def _across(self, work: Coroutine[Any, Any, Answer]) -> Awaitable[Answer]:
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

"""The jobs as they are written down: submitted, cancelled, deleted, and whose they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, Queue
from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from gateway.jobs.database import SCHEMA, JobDatabase, jobs, open_job_database, workers
from gateway.jobs.engine import Backlog, Job, Kind
from gateway.storage.database_errors import errors_are_typed

APPLICATION = "telltale"
# Not a hash of the code: a new release takes up the jobs of the old one.
VERSION = "1"
QUEUES: Mapping[Kind, str] = {"analysis": "analyses", "notification": "notifications"}

# A notification waits in its place for an attempt that comes soon, so there are many; deliveries at once are bounded elsewhere.
_NOTIFICATIONS, _NOTIFICATIONS_OF_ONE = 1000, 500
# Nobody waits for a notification as for an answer, so its queue is looked into more rarely.
_NOTIFICATION_INTERVALS = 5
_WAITING, _AT_WORK = "ENQUEUED", "PENDING"
_UNENDED = frozenset({_WAITING, _AT_WORK, "DELAYED"})
_THREADS = 4
# Most ids in one statement; SQLite takes 32,766 parameters.
_CHUNK = 1000

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Roll:
    """Who is there.

    Attributes:
        beats: of every worker, how often it has said that it lives.
        at_work: the workers that have jobs at work.
    """

    beats: Mapping[str, int]
    at_work: frozenset[str]


class Ledger:
    """The jobs in their database. Every method raises StorageUnavailable or Overloaded when that does not answer."""

    def __init__(self, database: JobDatabase) -> None:
        self.database = database
        self._client = DBOSClient(
            system_database_engine=database.engine,
            dbos_system_schema=SCHEMA,
            # Ids alone are stored; and who can write into the database must not be able to run code here, as by pickles.
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )
        # Threads of its own: those of the loop may all be busy with uploads.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="jobs")

    @classmethod
    async def open(cls, url: str) -> Ledger:
        """Raises InvalidSettings."""
        return cls(await asyncio.to_thread(open_job_database, url))

    def open_queues(self, places: int, polling_s: float) -> Mapping[Kind, Queue]:
        """Sets the queues up as this process wants them; blocks. The process that started last is the one that is heard."""
        return {
            "analysis": self._client.register_queue(
                QUEUES["analysis"],
                worker_concurrency=places,
                # One place stays free of every token, so that the short work of one never waits for the long work of another.
                partition_worker_concurrency=max(1, places - 1),
                polling_interval_sec=polling_s,
            ),
            "notification": self._client.register_queue(
                QUEUES["notification"],
                worker_concurrency=_NOTIFICATIONS,
                partition_worker_concurrency=_NOTIFICATIONS_OF_ONE,
                polling_interval_sec=polling_s * _NOTIFICATION_INTERVALS,
            ),
        }

    async def submit(self, orders: Sequence[Job]) -> None:
        """Writes all jobs down in one transaction; those that are known already stay as they are."""
        await self._run(self._submit, orders)

    async def renew(self, orders: Sequence[Job]) -> None:
        """The same, but those that have ended are written down anew."""
        await self._run(self._renew, orders)

    async def cancel(self, job_ids: Sequence[str]) -> None:
        """Takes jobs that have not ended out of the queue, and from those who work on them."""
        await self._run(self._client.cancel_workflows, list(job_ids))

    async def delete(self, job_ids: Sequence[str]) -> bool:
        """Deletes every trace of jobs; whether there was any."""
        return await self._run(self._delete, job_ids)

    async def waiting(self, kind: Kind, turn: str) -> Backlog:
        """How many jobs wait, and how many of them for this turn."""
        return await self._run(self._waiting, QUEUES[kind], turn)

    async def attempts(self, job_id: str) -> int:
        """How often a job was begun."""
        return await self._run(self._attempts, job_id)

    async def held(self, worker: str) -> set[str]:
        """The jobs that are this worker's to do."""
        return await self._run(self._held, worker)

    async def beat(self, worker: str) -> Roll:
        """Says that a worker lives, and who else does."""
        return await self._run(self._beat, worker)

    async def put_back(self, names: Collection[str]) -> int:
        """Puts what workers have at work back into the queues and takes them off the roll; how many jobs there were."""
        return await self._run(self._put_back, names)

    async def give_back(self, worker: str, job_ids: Collection[str]) -> None:
        """Puts some of what a worker has at work back into the queues."""
        await self._run(self._give_back, worker, job_ids)

    async def close(self) -> None:
        """Ends all connections, once what is under way has ended."""
        await asyncio.to_thread(self._threads.shutdown)
        self._client.destroy()
        self.database.close()

    async def _run(self, work: Callable[..., Answer], *arguments: object) -> Answer:
        def typed() -> Answer:
            with errors_are_typed():
                return work(*arguments)

        return await asyncio.get_running_loop().run_in_executor(self._threads, typed)

    def _submit(self, orders: Sequence[Job]) -> None:
        known = self._known([job.job_id for job in orders])
        with self.database.transaction() as connection:
            for job in orders:
                if job.job_id in known:
                    continue
                options: EnqueueOptions = {
                    "workflow_name": job.kind,
                    "queue_name": QUEUES[job.kind],
                    "workflow_id": job.job_id,
                    "app_version": VERSION,
                    "queue_partition_key": job.turn,
                    "priority": job.priority,
                }
                self._client.enqueue_in_transaction(connection, options, job.subject)

    def _renew(self, orders: Sequence[Job]) -> None:
        states = self._known([job.job_id for job in orders])
        if ended := [job_id for job_id, state in states.items() if state not in _UNENDED]:
            self._client.delete_workflows(ended)
        self._submit(orders)

    def _delete(self, job_ids: Sequence[str]) -> bool:
        known = list(self._known(job_ids))
        if known:
            # First nobody may write any more: an outcome that came between the deletion of two tables would stay.
            self._client.cancel_workflows(known)
            self._client.delete_workflows(known)
            self.database.forget()
        return bool(known)

    def _known(self, job_ids: Sequence[str]) -> dict[str, str]:
        """The states of those jobs that are there."""
        known: dict[str, str] = {}
        with self.database.transaction() as connection:
            for start in range(0, len(job_ids), _CHUNK):
                some = jobs.c.workflow_uuid.in_(job_ids[start : start + _CHUNK])
                found = connection.execute(select(jobs.c.workflow_uuid, jobs.c.status).where(some))
                known |= {row.workflow_uuid: row.status for row in found}
        return known

    def _waiting(self, queue: str, turn: str) -> Backlog:
        where = (jobs.c.queue_name == queue, jobs.c.status == _WAITING)
        counts = select(func.count(), func.count().filter(jobs.c.queue_partition_key == turn)).select_from(jobs)
        with self.database.transaction() as connection:
            return Backlog(*connection.execute(counts.where(*where)).one())

    def _attempts(self, job_id: str) -> int:
        with self.database.transaction() as connection:
            begun = connection.scalar(select(jobs.c.recovery_attempts).where(jobs.c.workflow_uuid == job_id))
        return int(begun or 0)

    def _held(self, worker: str) -> set[str]:
        mine = (jobs.c.status == _AT_WORK, jobs.c.executor_id == worker)
        with self.database.transaction() as connection:
            return set(connection.scalars(select(jobs.c.workflow_uuid).where(*mine)))

    def _beat(self, worker: str) -> Roll:
        insert = sqlite_insert if self.database.engine.dialect.name == "sqlite" else postgresql_insert
        first = insert(workers).values(name=worker, beats=1)
        beat = first.on_conflict_do_update(index_elements=[workers.c.name], set_={"beats": workers.c.beats + 1})
        with self.database.transaction() as connection:
            connection.execute(beat)
            beats = {row.name: row.beats for row in connection.execute(select(workers))}
            at_work = connection.scalars(select(jobs.c.executor_id).where(jobs.c.status == _AT_WORK).distinct())
            return Roll(beats, frozenset(at_work))

    def _put_back(self, names: Collection[str]) -> int:
        with self.database.transaction() as connection:
            connection.execute(delete(workers).where(workers.c.name.in_(names)))
            return _enqueue_again(connection, jobs.c.executor_id.in_(names))

    def _give_back(self, worker: str, job_ids: Collection[str]) -> None:
        with self.database.transaction() as connection:
            _enqueue_again(connection, (jobs.c.executor_id == worker) & jobs.c.workflow_uuid.in_(job_ids))


def _enqueue_again(connection: Connection, chosen: ColumnElement[bool]) -> int:
    # What DBOS does for the jobs of its own process when it starts, and for others only under its paid service.
    theirs = (jobs.c.status == _AT_WORK, chosen, jobs.c.queue_name.is_not(None))
    back = update(jobs).where(*theirs).values(status=_WAITING, owner_xid=None, started_at_epoch_ms=None)
    return int(connection.execute(back).rowcount)

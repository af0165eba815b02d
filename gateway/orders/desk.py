"""Takes orders for analyses: one per idempotency key, recorded before anybody is told, done whatever becomes of the caller."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from gateway.ids import id_in
from gateway.intake.ingest import Upload
from gateway.intake.registrar import Registrar
from gateway.jobs.engine import Engine, Job, job_id
from gateway.keeping.vault import Vault
from gateway.orders.archive import Archive
from gateway.orders.bulletin import Bulletin, has_ended
from gateway.orders.endings import Endings
from gateway.orders.order import Order
from gateway.orders.places import RETRY_AFTER_S, Locks
from gateway.storage.records import Commission, RequestIdTaken
from gateway.storage.work_repository import WorkRepository
from kit.errors import InvalidRequest, Overloaded
from telltale.gateway.v1 import resources_pb2

_FAILED, _CANCELLED = resources_pb2.ANALYSIS_STATE_FAILED, resources_pb2.ANALYSIS_STATE_CANCELLED
_ATTEMPTS = 3
_LATER_S = 30.0
# What one token may always have waiting is this part of the queue.
_SHARES = 10


class Desk:
    """Takes orders, tells how far they are, cancels them.

    Attributes:
        poll_s: how soon, at the latest, steps are seen that another process makes.
        most_waiting: orders that nobody waits for are refused when more than that wait for their turn.
    """

    def __init__(
        self,
        registrar: Registrar,
        vault: Vault,
        archive: Archive,
        rows: WorkRepository,
        engine: Engine,
        endings: Endings,
        bulletin: Bulletin,
        locks: Locks,
        poll_s: float,
        most_waiting: int,
    ) -> None:
        self._registrar = registrar
        self._vault = vault
        self._archive = archive
        self._rows = rows
        self._engine = engine
        self._endings = endings
        self._bulletin = bulletin
        self._locks = locks
        self._poll_s = poll_s
        self._most_waiting = most_waiting

    async def refuse_when_full(self, turn: str, orders: int) -> None:
        """Raises Overloaded when so many orders more would wait too long; `turn` is the id of a token.

        Who has few of them is let in all the same: they take turns, and one token with ten thousand films keeps nobody else out.
        """
        waiting = await self._engine.waiting(turn)
        few = waiting.of_turn + orders <= self._most_waiting // _SHARES
        if waiting.together + orders > self._most_waiting and not few:
            raise Overloaded("too many orders wait for their turn; try again later", retry_after_s=_LATER_S)

    async def take_upload(self, owner: str, upload: Upload, order: Order) -> resources_pb2.Analysis:
        """Stores an upload and has it judged, or finds what an equal request has ordered.

        Raises:
            RequestIdReused, StorageFull, StorageUnavailable, and what `Registrar.inspect` raises.
        """
        async with self._turn(owner, order):
            found = await self._archive.claimed(owner, order, upload.media.sha256)
            if found is not None:
                return await self._again(owner, found, order)
            media = await self._registrar.store(owner, upload, None)
            try:
                return await self._begin(owner, media, order)
            except RequestIdTaken:
                # Another process has taken the same upload meanwhile; one copy of it is enough.
                await self._vault.delete(owner, id_in(media.name))
            return await self._others(owner, order, upload.media.sha256)

    async def take(self, owner: str, media_id: str, order: Order) -> resources_pb2.Analysis:
        """Has a stored file judged, or finds what an equal request has ordered.

        Raises:
            NotFound, RequestIdReused, StorageFull, StorageUnavailable.
        """
        media = await self._vault.get(owner, media_id)
        async with self._turn(owner, order):
            found = await self._archive.resumable(owner, media, order)
            if found is not None:
                return await self._again(owner, found, order)
            try:
                return await self._begin(owner, media, order)
            except RequestIdTaken:
                return await self._others(owner, order, media.info.sha256)

    async def take_many(self, owner: str, orders: Sequence[tuple[str, Order]]) -> Sequence[resources_pb2.Analysis]:
        """Has stored files judged, given by their ids: all are taken on, or none. Raises as `take` does, and InvalidRequest."""
        _refuse_equal_keys([order.request_id for _, order in orders if order.request_id])
        wanted = [(await self._vault.get(owner, media_id), order) for media_id, order in orders]
        for _ in range(_ATTEMPTS):
            known = [await self._archive.claimed(owner, order, media.info.sha256) for media, order in wanted]
            new = [each for each, found in zip(wanted, known, strict=True) if found is None]
            try:
                begun = await self._archive.begin(owner, new)
            except RequestIdTaken:
                continue  # Somebody else sends the same batch at this moment: theirs is ours.
            await self._engine.submit([job_of(commission) for commission in begun])
            fresh = iter(begun)
            return [
                next(fresh).analysis if found is None else await self._again(owner, found, order)
                for found, (_, order) in zip(known, wanted, strict=True)
            ]
        raise Overloaded(
            "equal batches are being taken elsewhere; ask again for the result", retry_after_s=RETRY_AFTER_S
        )

    async def watch(self, owner: str, analysis_id: str) -> AsyncGenerator[resources_pb2.Analysis, None]:
        """An analysis as it stands, at every step, and when it has ended. Raises NotFound, also when it is deleted meanwhile."""
        analysis = await self._archive.get(owner, analysis_id)
        with self._bulletin.watched(analysis.name) as watcher:
            revision = 0
            while True:
                newer = await self._archive.newer(owner, analysis_id, revision)
                if newer is not None:
                    analysis, revision = newer
                    yield analysis
                if has_ended(analysis):
                    return
                while (step := await watcher.news(self._poll_s)) is not None:
                    yield step

    async def cancel(self, owner: str, analysis_id: str) -> None:
        """Ends an analysis without an answer, unless it has ended. Raises NotFound, StorageUnavailable."""
        analysis = await self._archive.get(owner, analysis_id)
        taken = None if has_ended(analysis) else await self._rows.commission(analysis_id)
        # What was cancelled before is stopped once more: the first time may have broken off before that.
        cancelled = analysis.state == _CANCELLED if taken is None else await self._endings.cancel(taken)
        if cancelled:
            await self._engine.cancel([job_id("analysis", analysis_id)])

    @asynccontextmanager
    async def _turn(self, owner: str, order: Order) -> AsyncIterator[None]:
        key = (owner, "analyze", order.request_id) if order.request_id else None
        async with self._locks.hold(key):
            yield

    async def _begin(self, owner: str, media: resources_pb2.Media, order: Order) -> resources_pb2.Analysis:
        [commission] = await self._archive.begin(owner, [(media, order)])
        await self._engine.submit([job_of(commission)])
        return commission.analysis

    async def _others(self, owner: str, order: Order, sha256: str) -> resources_pb2.Analysis:
        found = await self._archive.claimed(owner, order, sha256)
        if found is None:
            raise Overloaded(
                "an equal request was taken and deleted at this moment; send it again", retry_after_s=RETRY_AFTER_S
            )
        return found

    async def _again(self, owner: str, found: resources_pb2.Analysis, order: Order) -> resources_pb2.Analysis:
        """What an equal request has ordered; one that has failed is tried again."""
        if found.state != _FAILED:
            return found
        again = self._archive.renewed(owner, found, order)
        # Who puts the row back into the queue hands it over; others would take away the job that is at work by then. Should that
        # break off in between, the foreman does it.
        if await self._rows.revive(again.analysis, again.terms):
            await self._engine.forget([job_id("analysis", id_in(found.name))])
            await self._engine.submit([job_of(again)])
        return again.analysis


def job_of(commission: Commission) -> Job:
    """The job that makes an analysis."""
    analysis = commission.analysis
    turn = commission.terms.token_id or commission.owner
    return Job("analysis", id_in(analysis.name), turn, priority=analysis.priority or resources_pb2.PRIORITY_NORMAL)


def _refuse_equal_keys(request_ids: Sequence[str]) -> None:
    if len(set(request_ids)) < len(request_ids):
        raise InvalidRequest("two requests of the batch have the same request_id; give each one its own")

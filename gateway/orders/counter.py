"""Where callers of AnalysisService are served: orders are made of their requests, and their answers of what becomes of those."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractContextManager, aclosing
from datetime import timedelta

from gateway.door.access import Call
from gateway.ids import id_in
from gateway.intake.ingest import Intake, Piece, Upload
from gateway.making.plan import settled
from gateway.notify.destinations import Destinations
from gateway.orders.bulletin import has_ended
from gateway.orders.desk import Desk
from gateway.orders.order import Order
from gateway.orders.places import Queue, steps
from gateway.orders.unkept import Unkept
from kit.errors import Internal
from kit.rpc.status import error_in
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2


class Counter:
    """Serves callers."""

    def __init__(self, intake: Intake, desk: Desk, unkept: Unkept, destinations: Destinations, queue: Queue) -> None:
        self._intake = intake
        self._desk = desk
        self._unkept = unkept
        self._destinations = destinations
        self._queue = queue

    def waiting(self, call: Call) -> AbstractContextManager[None]:
        """Callers wait for their answer inside. Raises Overloaded when too many do."""
        return self._queue.waiting(call.token_id or call.owner)

    async def take(
        self, call: Call, requests: Sequence[analysis_service_pb2.CreateAnalysisRequest]
    ) -> Sequence[resources_pb2.Analysis]:
        """Takes orders: all of them or none. Raises WebhookRefused, Overloaded, and what `Desk.take` raises."""
        await self._desk.refuse_when_full(call.token_id or call.owner, len(requests))
        orders = [(id_in(request.media), self._order(call, request)) for request in requests]
        if len(orders) == 1:
            return [await self._desk.take(call.owner, *orders[0])]
        return await self._desk.take_many(call.owner, orders)

    async def answers_about(
        self, call: Call, pieces: AsyncIterator[Piece]
    ) -> AsyncGenerator[resources_pb2.Analysis, None]:
        """The answers about an upload: every step of longer media, of a photo the last one alone. Raises what ended it."""
        async with self._intake.receive(pieces, call) as upload:
            if upload.retention == resources_pb2.RETENTION_NONE:
                async for answer in _told(steps(lambda publish: self._unkept.judge(upload, publish))):
                    yield answer
                return
            taken = call.made(await self._desk.take_upload(call.owner, upload, _urgent(call, upload)))
        # It is stored; nobody needs its memory while it is waited for.
        async for answer in _told(self._desk.watch(call.owner, id_in(taken.name))):
            yield answer

    async def answers_about_stored(
        self, call: Call, request: analysis_service_pb2.AnalyzeStoredMediaRequest
    ) -> AsyncGenerator[resources_pb2.Analysis, None]:
        """The same about a stored file."""
        taken = call.made(await self._desk.take(call.owner, id_in(request.name), _urgent(call, request)))
        async for answer in _told(self._desk.watch(call.owner, id_in(taken.name))):
            yield answer

    def _order(self, call: Call, request: analysis_service_pb2.CreateAnalysisRequest) -> Order:
        if request.notify_url:
            self._destinations.check(request.notify_url)
        within: timedelta | None = request.wanted_within.ToTimedelta() if request.HasField("wanted_within") else None
        return Order(
            call.token_id,
            request.request_id,
            settled(request.depth),
            request.language,
            request.priority or resources_pb2.PRIORITY_NORMAL,
            within,
            request.notify_url,
            request.fresh,
        )


def _urgent(call: Call, wish: Upload | analysis_service_pb2.AnalyzeStoredMediaRequest) -> Order:
    """The order of somebody who waits for the answer."""
    depth = settled(wish.depth)
    urgent = resources_pb2.PRIORITY_INTERACTIVE
    return Order(call.token_id, wish.request_id, depth, wish.language, urgent, fresh=wish.fresh)


async def _told(
    answers: AsyncGenerator[resources_pb2.Analysis, None],
) -> AsyncGenerator[resources_pb2.Analysis, None]:
    """What callers are told: of a photo the end alone. Raises the error of an analysis that ended without a verdict."""
    async with aclosing(answers):
        async for answer in answers:
            if answer.HasField("error"):
                raise error_in(answer.error) or Internal("the analysis failed; the log holds the details")
            if has_ended(answer) or answer.info.kind != media_pb2.MEDIA_KIND_IMAGE:
                yield answer

"""Clients that do not give up: when a connection breaks they come back, by another gateway perhaps, with the same key."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import grpc
from google.longrunning import operations_pb2
from google.protobuf import duration_pb2

from kit.rpc.channel import open_aio_channel
from telltale.gateway.v1 import (
    analysis_service_pb2,
    analysis_service_pb2_grpc,
    media_service_pb2,
    media_service_pb2_grpc,
    operation_service_pb2,
    operation_service_pb2_grpc,
    resources_pb2,
)
from tests.chaos.orders import Order
from tests.support.gateway import pieces

_CALL_S = 60.0
_WAIT_S = 10
_PATIENCE_S = 600.0
_ENDED = (
    resources_pb2.ANALYSIS_STATE_SUCCEEDED,
    resources_pb2.ANALYSIS_STATE_FAILED,
    resources_pb2.ANALYSIS_STATE_CANCELLED,
)


@dataclass
class Outcome:
    """What one client got.

    Attributes:
        names: of the analyses that it was told of; one, if all is well.
        state: in which the analysis ended; none when the client lost patience.
        answered: whether there is a verdict.
        attempts: at any call.
        took_s: from the first call to the answer.
        refusals: how often which status of gRPC came.
    """

    names: set[str] = field(default_factory=set)
    state: str = ""
    answered: bool = False
    attempts: int = 0
    took_s: float = 0.0
    refusals: Counter[str] = field(default_factory=Counter)


class Client:
    """Wants one order."""

    def __init__(
        self, order: Order, gateways: Sequence[str], token: str, notify_url: str, chance: random.Random
    ) -> None:
        self._order = order
        self._gateways = gateways
        self._headers = [("authorization", f"Bearer {token}")]
        self._notify_url = notify_url
        self._chance = chance
        self._media = ""
        self._operation = ""
        self.outcome = Outcome()

    async def insist(self) -> Outcome:
        """Comes back until there is an answer, or its patience is over."""
        began_s = time.monotonic()
        while not self.outcome.state and time.monotonic() < began_s + _PATIENCE_S:
            self.outcome.attempts += 1
            try:
                await self._ask()
            except grpc.aio.AioRpcError as error:
                self.outcome.refusals[error.code().name] += 1
                self._media = self._operation = ""  # Who does not trust his memory asks for everything again.
                if error.code() in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.ALREADY_EXISTS):
                    self.outcome.state = f"REFUSED {error.details()}"
                await asyncio.sleep(self._chance.uniform(0.1, 0.6))
        self.outcome.took_s = time.monotonic() - began_s
        return self.outcome

    async def _ask(self) -> None:
        # A new channel each time: an old one would wait with growing pauses before it tries again.
        async with open_aio_channel(self._chance.choice(self._gateways)) as channel:
            if self._order.streamed:
                await self._ask_by_stream(channel)
            else:
                await self._ask_by_operation(channel)

    async def _ask_by_stream(self, channel: grpc.aio.Channel) -> None:
        stub = analysis_service_pb2_grpc.AnalysisServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        requests = pieces(
            analysis_service_pb2.AnalyzeMediaRequest,
            self._order.data,
            content_type=self._order.content_type,
            request_id=self._order.request_id,
        )
        async for analysis in stub.AnalyzeMedia(requests, metadata=self._headers, timeout=_CALL_S):
            self._take(analysis)

    async def _ask_by_operation(self, channel: grpc.aio.Channel) -> None:
        if not self._media:
            self._media = await self._upload(channel)
        if not self._operation:
            self._operation = await self._create(channel)
            self.outcome.names.add(self._operation.replace("operations/", "analyses/"))
        stub = operation_service_pb2_grpc.OperationServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        request = operation_service_pb2.WaitOperationRequest(
            name=self._operation, timeout=duration_pb2.Duration(seconds=_WAIT_S)
        )
        operation = await stub.WaitOperation(request, metadata=self._headers, timeout=_CALL_S)
        if operation.done:
            await self._fetch(channel, operation)

    async def _upload(self, channel: grpc.aio.Channel) -> str:
        stub = media_service_pb2_grpc.MediaServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        requests = pieces(
            media_service_pb2.UploadMediaRequest,
            self._order.data,
            content_type=self._order.content_type,
            request_id=self._order.request_id,
        )
        return str((await stub.UploadMedia(requests, metadata=self._headers, timeout=_CALL_S)).name)

    async def _create(self, channel: grpc.aio.Channel) -> str:
        stub = analysis_service_pb2_grpc.AnalysisServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        request = analysis_service_pb2.CreateAnalysisRequest(
            media=self._media,
            request_id=self._order.request_id,
            notify_url=self._notify_url if self._order.notified else "",
        )
        return str((await stub.CreateAnalysis(request, metadata=self._headers, timeout=_CALL_S)).name)

    async def _fetch(self, channel: grpc.aio.Channel, operation: operations_pb2.Operation) -> None:
        stub = analysis_service_pb2_grpc.AnalysisServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        name = operation.name.replace("operations/", "analyses/")
        request = analysis_service_pb2.GetAnalysisRequest(name=name)
        self._take(await stub.GetAnalysis(request, metadata=self._headers, timeout=_CALL_S))

    def _take(self, analysis: resources_pb2.Analysis) -> None:
        self.outcome.names.add(analysis.name)
        if analysis.state in _ENDED:
            self.outcome.state = resources_pb2.AnalysisState.Name(analysis.state).removeprefix("ANALYSIS_STATE_")
            self.outcome.answered = bool(analysis.verdict.label)

"""temporal_svc over gRPC."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import grpc

from gateway.backends.basis import basis_of
from gateway.backends.calls import calling, checked
from gateway.making.case import DetectorEvent
from gateway.making.detect import Inquiry
from kit.rpc.uploads import outgoing
from telltale.temporal.v1 import temporal_service_pb2, temporal_service_pb2_grpc

_METHOD = "telltale.temporal.v1.TemporalService/AnalyzeVideo"


class TemporalBackend:
    """A `Detector`: evidence one by one, with progress between."""

    def __init__(self, channel: grpc.aio.Channel, target: str) -> None:
        self._stub = temporal_service_pb2_grpc.TemporalServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        self._target = target

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        """Evidence and progress. Raises TelltaleError; the call ends when the iteration is closed."""
        request, chunks = temporal_service_pb2.AnalyzeVideoRequest, inquiry.media.chunks()
        requests = outgoing(request, inquiry.info, chunks, depth=inquiry.depth, tracks=inquiry.tracks)
        with calling(_METHOD, self._target) as metadata:
            call = self._stub.AnalyzeVideo(requests, timeout=inquiry.budget_s, metadata=metadata)
            try:
                yield await basis_of(call)
                async for response in call:
                    if response.HasField("evidence"):
                        yield checked(response.evidence)
                    elif response.HasField("progress"):
                        yield response.progress
            finally:
                call.cancel()

"""av_sync_svc over gRPC."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import grpc

from gateway.backends.basis import basis_of
from gateway.backends.calls import calling, checked, checked_curve, checked_soundtrack
from gateway.making.case import DetectorEvent
from gateway.making.detect import Inquiry
from kit.rpc.uploads import outgoing_late
from telltale.av_sync.v1 import av_sync_service_pb2, av_sync_service_pb2_grpc

_METHOD = "telltale.av_sync.v1.AvSyncService/AnalyzeSound"


class AvSyncBackend:
    """A `Detector`: what there is to hear, curves of lips, evidence one by one, with progress between.

    The bytes leave at once; the face tracks of the inquiry follow when they are known.
    """

    def __init__(self, channel: grpc.aio.Channel, target: str) -> None:
        self._stub = av_sync_service_pb2_grpc.AvSyncServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        self._target = target

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        """Sound, curves, evidence and progress. Raises TelltaleError; the call ends when the iteration is closed."""
        request, chunks = av_sync_service_pb2.AnalyzeSoundRequest, inquiry.media.chunks()
        requests = outgoing_late(request, inquiry.info, chunks, depth=inquiry.depth, tracks=inquiry.late_tracks)
        with calling(_METHOD, self._target) as metadata:
            call = self._stub.AnalyzeSound(requests, timeout=inquiry.budget_s, metadata=metadata)
            try:
                yield await basis_of(call)
                async for response in call:
                    if response.HasField("evidence"):
                        yield checked(response.evidence)
                    elif response.HasField("progress"):
                        yield response.progress
                    elif response.HasField("soundtrack"):
                        yield checked_soundtrack(response.soundtrack)
                    elif response.HasField("lip_sync"):
                        yield checked_curve(response.lip_sync)
            finally:
                call.cancel()

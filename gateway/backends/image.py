"""image_svc over gRPC."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import grpc

from gateway.backends.basis import basis_of
from gateway.backends.calls import calling, checked
from gateway.making.case import DetectorEvent
from gateway.making.detect import Inquiry
from kit.rpc.uploads import outgoing
from telltale.image.v1 import image_service_pb2, image_service_pb2_grpc

_METHOD = "telltale.image.v1.ImageService/AnalyzeImage"


class ImageBackend:
    """A `Detector`: faces first, then evidence one by one, with progress between."""

    def __init__(self, channel: grpc.aio.Channel, target: str) -> None:
        self._stub = image_service_pb2_grpc.ImageServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        self._target = target

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        """Faces first, then evidence. Raises TelltaleError; the call ends when the iteration is closed."""
        request, chunks = image_service_pb2.AnalyzeImageRequest, inquiry.media.chunks()
        requests = outgoing(request, inquiry.info, chunks, depth=inquiry.depth)
        with calling(_METHOD, self._target) as metadata:
            call = self._stub.AnalyzeImage(requests, timeout=inquiry.budget_s, metadata=metadata)
            try:
                yield await basis_of(call)
                async for response in call:
                    if response.HasField("tracks"):
                        yield response.tracks
                    elif response.HasField("evidence"):
                        yield checked(response.evidence)
                    elif response.HasField("progress"):
                        yield response.progress
            finally:
                call.cancel()

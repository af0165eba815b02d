"""image_svc over gRPC."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import grpc

from gateway.backends.basis import basis_of
from gateway.backends.calls import checked, trace
from gateway.making.case import DetectorEvent
from gateway.making.detect import Inquiry
from kit.rpc.status import from_rpc_error
from kit.rpc.uploads import outgoing
from telltale.image.v1 import image_service_pb2, image_service_pb2_grpc


class ImageBackend:
    """A `Detector`: faces first, then evidence one by one, with progress between."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = image_service_pb2_grpc.ImageServiceStub(channel)  # type: ignore[no-untyped-call]  # generated

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        """Faces first, then evidence. Raises TelltaleError; the call ends when the iteration is closed."""
        request, chunks = image_service_pb2.AnalyzeImageRequest, inquiry.media.chunks()
        requests = outgoing(request, inquiry.info, chunks, depth=inquiry.depth)
        call = self._stub.AnalyzeImage(requests, timeout=inquiry.budget_s, metadata=trace())
        try:
            yield await basis_of(call)
            async for response in call:
                if response.HasField("tracks"):
                    yield response.tracks
                elif response.HasField("evidence"):
                    yield checked(response.evidence)
                elif response.HasField("progress"):
                    yield response.progress
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from error
        finally:
            call.cancel()

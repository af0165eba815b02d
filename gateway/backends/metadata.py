"""metadata_svc over gRPC."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import grpc

from gateway.backends.basis import basis_of
from gateway.backends.calls import calling, checked
from gateway.making.case import DetectorEvent
from gateway.making.detect import Inquiry
from kit.rpc.uploads import outgoing
from telltale.metadata.v1 import metadata_service_pb2, metadata_service_pb2_grpc

_METHOD = "telltale.metadata.v1.MetadataService/AnalyzeMetadata"


class MetadataBackend:
    """A `Detector`: one answer with everything in it."""

    def __init__(self, channel: grpc.aio.Channel, target: str) -> None:
        self._stub = metadata_service_pb2_grpc.MetadataServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        self._target = target

    async def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        """Facts, then evidence. Raises TelltaleError."""
        requests = outgoing(metadata_service_pb2.AnalyzeMetadataRequest, inquiry.info, inquiry.media.chunks())
        with calling(_METHOD, self._target) as metadata:
            call = self._stub.AnalyzeMetadata(requests, timeout=inquiry.budget_s, metadata=metadata)
            response, basis = await call, await basis_of(call)
        yield basis
        yield response.facts
        for piece in response.evidence:
            yield checked(piece)

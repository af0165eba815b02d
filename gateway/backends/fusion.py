"""fusion_svc over gRPC."""

from __future__ import annotations

import grpc

from gateway.backends.calls import calling
from telltale.fusion.v1 import fusion_service_pb2, fusion_service_pb2_grpc, verdict_pb2

_METHOD = "telltale.fusion.v1.FusionService/Fuse"


class FusionBackend:
    """A `Fusion`."""

    def __init__(self, channel: grpc.aio.Channel, target: str) -> None:
        self._stub = fusion_service_pb2_grpc.FusionServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        self._target = target

    async def fuse(self, request: fusion_service_pb2.FuseRequest, budget_s: float) -> verdict_pb2.Verdict:
        """The verdict. Raises TelltaleError."""
        with calling(_METHOD, self._target) as metadata:
            response: fusion_service_pb2.FuseResponse = await self._stub.Fuse(
                request, timeout=budget_s, metadata=metadata
            )
        return response.verdict

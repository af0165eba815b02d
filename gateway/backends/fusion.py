"""fusion_svc over gRPC."""

from __future__ import annotations

import grpc

from gateway.backends.calls import trace
from kit.rpc.status import from_rpc_error
from telltale.fusion.v1 import fusion_service_pb2, fusion_service_pb2_grpc, verdict_pb2


class FusionBackend:
    """A `Fusion`."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = fusion_service_pb2_grpc.FusionServiceStub(channel)  # type: ignore[no-untyped-call]  # generated

    async def fuse(self, request: fusion_service_pb2.FuseRequest, budget_s: float) -> verdict_pb2.Verdict:
        """The verdict. Raises TelltaleError."""
        try:
            response: fusion_service_pb2.FuseResponse = await self._stub.Fuse(
                request, timeout=budget_s, metadata=trace()
            )
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from error
        return response.verdict

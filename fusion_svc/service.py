"""`FusionService` over the judging function."""

from __future__ import annotations

import grpc

from fusion_svc.judge import judge
from fusion_svc.model import FusionModel
from kit.rpc.server import ServiceBinding
from telltale.fusion.v1 import fusion_service_pb2, fusion_service_pb2_grpc


class FusionServicer(fusion_service_pb2_grpc.FusionServiceServicer):
    """Judges with one fusion model."""

    def __init__(self, model: FusionModel) -> None:
        self._model = model

    def Fuse(
        self, request: fusion_service_pb2.FuseRequest, context: grpc.ServicerContext
    ) -> fusion_service_pb2.FuseResponse:
        """Judges. Errors: INVALID_REQUEST."""
        verdict = judge(request.evidence, request.media, self._model, request.language)
        return fusion_service_pb2.FuseResponse(verdict=verdict)


def fusion_service(model: FusionModel) -> ServiceBinding:
    """The binding of `FusionService` for a server."""
    return ServiceBinding(
        descriptor=fusion_service_pb2.DESCRIPTOR.services_by_name["FusionService"],
        add=fusion_service_pb2_grpc.add_FusionServiceServicer_to_server,
        servicer=FusionServicer(model),
    )

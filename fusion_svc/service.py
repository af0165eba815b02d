"""FusionService over gRPC: convert, call, convert."""

from __future__ import annotations

from typing import Any, Protocol

import grpc

from kit.rpc.lanes import lane_of
from kit.rpc.server import ServiceBinding
from kit.serving.bundle import Detector
from kit.serving.desk import Desk
from kit.serving.shadow import Opinion, Opinions
from telltale.fusion.v1 import fusion_service_pb2, fusion_service_pb2_grpc, verdict_pb2


class Judge(Detector, Protocol):
    """What the servicer needs of a judge."""

    def judge(self, request: fusion_service_pb2.FuseRequest) -> verdict_pb2.Verdict:
        """The verdict on the evidence of a request."""
        ...


class FusionServicer(fusion_service_pb2_grpc.FusionServiceServicer):
    """Serves the judges of all lanes."""

    def __init__(self, desk: Desk[Judge]) -> None:
        self._desk = desk

    def Fuse(
        self, request: fusion_service_pb2.FuseRequest, context: grpc.ServicerContext
    ) -> fusion_service_pb2.FuseResponse:
        """Judges. Errors: INVALID_REQUEST."""
        verdict = self._desk.about_evidence(lane_of(context), lambda judge: judge.judge(request), _opinions)
        return fusion_service_pb2.FuseResponse(verdict=verdict)


def _opinions(verdict: verdict_pb2.Verdict) -> Opinions:
    return {"verdict": Opinion(verdict_pb2.Label.Name(verdict.label), verdict.log_odds)}


def fusion_service(desk: Desk[Any]) -> ServiceBinding:
    """The binding of `FusionService` for a server."""
    return ServiceBinding(
        descriptor=fusion_service_pb2.DESCRIPTOR.services_by_name["FusionService"],
        add=fusion_service_pb2_grpc.add_FusionServiceServicer_to_server,
        servicer=FusionServicer(desk),
    )

"""`ModelService`: which models a process runs."""

from __future__ import annotations

from collections.abc import Sequence

import grpc

from kit.errors import NotFound
from kit.models.card import LoadedModel
from kit.rpc.server import ServiceBinding
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc


class ModelServicer(model_service_pb2_grpc.ModelServiceServicer):
    """Answers from the cards that were loaded at start."""

    def __init__(self, models: Sequence[LoadedModel]) -> None:
        self._models = {model.card.name: model for model in sorted(models, key=lambda model: model.card.name)}

    def GetModel(
        self, request: model_service_pb2.GetModelRequest, context: grpc.ServicerContext
    ) -> model_service_pb2.GetModelResponse:
        """One card."""
        model = self._models.get(request.name)
        if model is None:
            raise NotFound(f"this service runs no model {request.name!r}; it runs: {', '.join(self._models) or 'none'}")
        return model_service_pb2.GetModelResponse(card=model.card, card_sha256=model.card_sha256)

    def ListModels(
        self, request: model_service_pb2.ListModelsRequest, context: grpc.ServicerContext
    ) -> model_service_pb2.ListModelsResponse:
        """All cards."""
        return model_service_pb2.ListModelsResponse(cards=[model.card for model in self._models.values()])


def model_service(models: Sequence[LoadedModel]) -> ServiceBinding:
    """The binding of `ModelService` for a server."""
    return ServiceBinding(
        descriptor=model_service_pb2.DESCRIPTOR.services_by_name["ModelService"],
        add=model_service_pb2_grpc.add_ModelServiceServicer_to_server,
        servicer=ModelServicer(models),
    )

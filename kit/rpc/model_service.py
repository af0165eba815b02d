"""`ModelService`: which models a process runs, and changing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import grpc
from google.protobuf import json_format, timestamp_pb2
from google.protobuf.message import Message

from kit.errors import NotConfigured, NotFound
from kit.log import get_logger
from kit.models.card import LoadedModel
from kit.models.settings import ModelControl, ModelSettings
from kit.rpc.callers import names_of
from kit.rpc.server import ServiceBinding
from kit.serving.lanes import MAIN, LaneView
from kit.serving.start import Serving
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc

_DESCRIPTOR: Final = model_service_pb2.DESCRIPTOR.services_by_name["ModelService"]
_CHANGES: Final = ("SwitchModels", "RollBackModels", "DropLane")
_UNCHANGEABLE: Final[Mapping[ModelControl, str]] = {
    "none": "the models of this service stay as they were at its start; set model_control to explicit, or restart it with others",
    "watch": "the models of this service follow a channel of the registry; promote or roll back there",
}


class Lanes(Protocol):
    """What is asked of `kit.serving.lanes.Lanes`."""

    def views(self) -> Sequence[LaneView]:
        """All lanes, "main" first."""
        ...

    def view(self, name: str) -> LaneView:
        """One lane. Raises NotFound."""
        ...


class Manager(Protocol):
    """What is asked of `kit.serving.manager.Manager`."""

    def switch(self, name: str, versions: Mapping[str, str], *, shadow: bool = False) -> LaneView:
        """Has a lane run other versions."""
        ...

    def roll_back(self, name: str) -> LaneView:
        """Has a lane run what it ran before."""
        ...

    def drop(self, name: str) -> None:
        """Ends a lane."""
        ...


class ModelServicer(model_service_pb2_grpc.ModelServiceServicer):
    """Tells of the lanes; changes them where the settings have operators do so."""

    def __init__(self, lanes: Lanes, manager: Manager, control: ModelControl, *, known_callers: bool) -> None:
        self._lanes = lanes
        self._manager = manager
        self._control = control
        self._known_callers = known_callers

    def GetModel(
        self, request: model_service_pb2.GetModelRequest, context: grpc.ServicerContext
    ) -> model_service_pb2.GetModelResponse:
        """One card, of the main lane."""
        models = {model.card.name: model for model in self._lanes.view(MAIN).models}
        model = models.get(request.name)
        if model is None:
            raise NotFound(f"this service runs no model {request.name!r}; it runs: {', '.join(models) or 'none'}")
        return model_service_pb2.GetModelResponse(card=model.card, card_sha256=model.card_sha256)

    def ListModels(
        self, request: model_service_pb2.ListModelsRequest, context: grpc.ServicerContext
    ) -> model_service_pb2.ListModelsResponse:
        """All cards, of the main lane."""
        return model_service_pb2.ListModelsResponse(cards=[model.card for model in self._lanes.view(MAIN).models])

    def GetBasis(
        self, request: model_service_pb2.GetBasisRequest, context: grpc.ServicerContext
    ) -> model_service_pb2.GetBasisResponse:
        """By what the main lane answers."""
        return model_service_pb2.GetBasisResponse(basis=self._lanes.view(MAIN).basis)

    def ListLanes(
        self, request: model_service_pb2.ListLanesRequest, context: grpc.ServicerContext
    ) -> model_service_pb2.ListLanesResponse:
        """All lanes."""
        return model_service_pb2.ListLanesResponse(lanes=[_lane(view) for view in self._lanes.views()])

    def SwitchModels(
        self, request: model_service_pb2.SwitchModelsRequest, context: grpc.ServicerContext
    ) -> model_service_pb2.SwitchModelsResponse:
        """Answers when new calls go to the new models; those at work still end with the old ones."""
        self._check_control(request, context)
        view = self._manager.switch(request.lane, dict(request.versions), shadow=request.shadow)
        return model_service_pb2.SwitchModelsResponse(lane=_lane(view))

    def RollBackModels(
        self, request: model_service_pb2.RollBackModelsRequest, context: grpc.ServicerContext
    ) -> model_service_pb2.RollBackModelsResponse:
        """Answers as above."""
        self._check_control(request, context)
        return model_service_pb2.RollBackModelsResponse(lane=_lane(self._manager.roll_back(request.lane)))

    def DropLane(
        self, request: model_service_pb2.DropLaneRequest, context: grpc.ServicerContext
    ) -> model_service_pb2.DropLaneResponse:
        """Answers at once; calls at work in the lane still end with its models."""
        self._check_control(request, context)
        self._manager.drop(request.lane)
        return model_service_pb2.DropLaneResponse()

    def _check_control(self, request: Message, context: grpc.ServicerContext) -> None:
        if self._control != "explicit":
            raise NotConfigured(_UNCHANGEABLE[self._control])
        asked = json_format.MessageToDict(request, preserving_proto_field_name=True)
        by = sorted(names_of(context)) if self._known_callers else None
        get_logger().info("models are to be changed", what=type(request).__name__, asked=asked, by=by)


def _lane(view: LaneView) -> model_service_pb2.Lane:
    since = timestamp_pb2.Timestamp()
    since.FromDatetime(view.since)
    return model_service_pb2.Lane(
        name=view.name,
        models=_references(view.models),
        since=since,
        shadow=view.shadow,
        calls=view.calls,
        before=_references(view.before),
        refusal=view.refusal,
    )


def _references(models: Sequence[LoadedModel]) -> list[Any]:
    return [model.reference for model in models]


def model_service(models: Serving[Any], settings: ModelSettings) -> ServiceBinding:
    """The binding of `ModelService` for a server. Where callers show certificates, operators alone may change something."""
    known_callers = settings.tls_client_ca is not None
    return ServiceBinding(
        descriptor=_DESCRIPTOR,
        add=model_service_pb2_grpc.add_ModelServiceServicer_to_server,
        servicer=ModelServicer(models.lanes, models.manager, settings.model_control, known_callers=known_callers),
        callers=_callers(settings),
    )


def _callers(settings: ModelSettings) -> dict[str, tuple[str, ...]]:
    """Who may call which method, where that is known by certificate."""
    if settings.tls_client_ca is None:
        return {}
    changes = dict.fromkeys(_CHANGES, settings.tls_admin_names)
    if not settings.tls_client_names:
        return changes
    reading = (*settings.tls_client_names, *settings.tls_admin_names)
    return dict.fromkeys((method.name for method in _DESCRIPTOR.methods), reading) | changes

"""The Open Inference Protocol over a service's networks, for standard clients: tensors in, tensors out.

Version 2 of the protocol, its six gRPC methods (https://github.com/kserve/open-inference-protocol). Internal only: raw outputs
help whoever wants to deceive a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from importlib import metadata
from typing import Final, Protocol

import grpc
from inference import open_inference_service_pb2 as oip
from inference import open_inference_service_pb2_grpc

from kit.batching.wish import Priority, Wish, current_wish, wishing
from kit.clock import Clock, SystemClock
from kit.convert.open_inference import Parameters, described, fill, inputs_of, parameters_of, wanted_of
from kit.convert.signature import check_inputs
from kit.errors import InvalidRequest, ModelInvalid, NotFound
from kit.models.card import LoadedModel
from kit.models.runtime import Session, Tensor
from kit.models.settings import ModelSettings
from kit.rpc.health import Health
from kit.rpc.server import ServiceBinding
from kit.serving.networks import Network

_ONNX: Final = "onnxruntime_onnx"
_FITTED: Final = "telltale_json"


class Opened(Protocol):
    """The networks of one set of models."""

    @property
    def by_name(self) -> Mapping[str, Network]:
        """Each by the name of its model."""
        ...


class Offer(Protocol):
    """One set of models; `kit.serving.bundle.Bundle` is one."""

    @property
    def models(self) -> Sequence[LoadedModel]:
        """All of them, those that are fitted numbers and no network included."""
        ...

    @property
    def networks(self) -> Opened:
        """Those that are networks."""
        ...


Lease = Callable[[], AbstractContextManager[Offer]]
"""Gives a call the models that run now, for as long as it lasts."""


class OpenInferenceServicer(open_inference_service_pb2_grpc.GRPCInferenceServiceServicer):
    """Serves the networks of one process.

    Attributes:
        name: of the service, e.g. "image_svc".
        lease: asked in every call, so that models that were swapped are seen at once.
        health: of the process.
        clock: that of the networks' deadlines.
    """

    def __init__(self, name: str, lease: Lease, health: Health, clock: Clock) -> None:
        self._name = name
        self._lease = lease
        self._health = health
        self._clock = clock

    def ServerLive(self, request: oip.ServerLiveRequest, context: grpc.ServicerContext) -> oip.ServerLiveResponse:
        """Always."""
        return oip.ServerLiveResponse(live=True)

    def ServerReady(self, request: oip.ServerReadyRequest, context: grpc.ServicerContext) -> oip.ServerReadyResponse:
        """After the warm-up, until the server drains."""
        return oip.ServerReadyResponse(ready=self._health.is_serving)

    def ModelReady(self, request: oip.ModelReadyRequest, context: grpc.ServicerContext) -> oip.ModelReadyResponse:
        """Whether this network, in this version, can be asked."""
        with self._lease() as offer:
            network = offer.networks.by_name.get(request.name)
        here = network is not None and request.version in ("", network.model.card.version)
        return oip.ModelReadyResponse(ready=here and self._health.is_serving)

    def ServerMetadata(
        self, request: oip.ServerMetadataRequest, context: grpc.ServicerContext
    ) -> oip.ServerMetadataResponse:
        """Name and version."""
        return oip.ServerMetadataResponse(name=self._name, version=metadata.version("telltale"))

    def ModelMetadata(
        self, request: oip.ModelMetadataRequest, context: grpc.ServicerContext
    ) -> oip.ModelMetadataResponse:
        """The tensors of a model."""
        with self._lease() as offer:
            card = _model(offer, request.name, request.version).card
            is_network = card.name in offer.networks.by_name
        return oip.ModelMetadataResponse(
            name=card.name,
            versions=[card.version],
            platform=_ONNX if is_network else _FITTED,
            inputs=described(card.inputs),
            outputs=described(card.outputs),
        )

    def ModelInfer(self, request: oip.ModelInferRequest, context: grpc.ServicerContext) -> oip.ModelInferResponse:
        """Runs a network once."""
        with self._lease() as offer, wishing(self._wish(parameters_of(request))):
            card = _model(offer, request.model_name, request.model_version).card
            session = _network(offer, card.name).session
            tensors, wanted = inputs_of(request), wanted_of(request, card)
            check_inputs(card, tensors)
            outputs = _answered(card.name, session, tensors)
        answer = oip.ModelInferResponse(model_name=card.name, model_version=card.version, id=request.id)
        fill(answer, {name: outputs[name] for name in wanted}, raw=bool(request.raw_input_contents))
        return answer

    def _wish(self, parameters: Parameters) -> Wish:
        """What the call wishes already, no later than the request's own timeout, and behind others where it asks for that."""
        wish = current_wish()
        if parameters.timeout_s is not None:
            own_s = self._clock.monotonic_s() + parameters.timeout_s
            wish = replace(wish, deadline_s=own_s if wish.deadline_s is None else min(own_s, wish.deadline_s))
        return replace(wish, priority=Priority.BACKGROUND) if parameters.background else wish


def open_inference_service(name: str, settings: ModelSettings, lease: Lease, health: Health) -> list[ServiceBinding]:
    """The binding of the Open Inference Protocol for a server; none where the settings do not switch it on."""
    if not settings.open_inference:
        return []
    binding = ServiceBinding(
        descriptor=oip.DESCRIPTOR.services_by_name["GRPCInferenceService"],
        add=open_inference_service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server,
        servicer=OpenInferenceServicer(name, lease, health, SystemClock()),
    )
    return [binding]


def _model(offer: Offer, name: str, version: str) -> LoadedModel:
    models = {model.card.name: model for model in offer.models}
    if name not in models:
        raise NotFound(f"this service runs no model {name!r}; it runs: {', '.join(models) or 'none'}")
    runs = models[name].card.version
    if version not in ("", runs):
        raise NotFound(f"{name} runs in version {runs}, not in {version!r}; ask for that one, or for none")
    return models[name]


def _answered(name: str, session: Session, tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    try:
        return session.run(tensors)
    except ModelInvalid as error:
        # It answered others, and itself when it was warmed up: these finite numbers were too large for it.
        raise InvalidRequest(
            f"{name} has no finite answer to these tensors; send what the preprocessing of its card makes"
        ) from error


def _network(offer: Offer, name: str) -> Network:
    if name not in offer.networks.by_name:
        raise NotFound(f"{name} is fitted numbers and no network; the service's own contract has what it says")
    return offer.networks.by_name[name]

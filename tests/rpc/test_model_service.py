from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import grpc_testing
import pytest
from google.protobuf.message import Message

from kit.models.settings import ModelSettings
from kit.rpc.guard import guard
from kit.rpc.model_service import model_service
from kit.serving.start import Serving
from telltale.model.v1 import model_service_pb2 as api
from tests.support.serving import Shelf, a_manager, desk_of

DESCRIPTOR = api.DESCRIPTOR.services_by_name["ModelService"]
EXPLICIT = ModelSettings(model_control="explicit")


class Calls:
    """Calls ModelService through the guard: answer, status and its sentence."""

    def __init__(self, server: grpc_testing.Server) -> None:
        self._server = server

    def __call__(self, method: str, request: Message) -> tuple[Any, grpc.StatusCode, str]:
        call = self._server.invoke_unary_unary(DESCRIPTOR.methods_by_name[method], {}, request, timeout=None)
        response, _, code, details = call.termination()
        return response, code, details


@contextmanager
def service(settings: ModelSettings = EXPLICIT, shelf: Shelf | None = None) -> Iterator[Calls]:
    with a_manager(shelf or Shelf()) as manager:
        binding = model_service(Serving(manager.lanes, manager, desk_of(None)), settings)
        servicer = guard(binding.servicer, DESCRIPTOR)
        yield Calls(grpc_testing.server_from_dictionary({DESCRIPTOR: servicer}, grpc_testing.strict_real_time()))


def switch(lane: str = "main", *, shadow: bool = False, **versions: str) -> api.SwitchModelsRequest:
    return api.SwitchModelsRequest(lane=lane, versions=versions, shadow=shadow)


def named(references: Any) -> list[str]:
    return [f"{model.name}@{model.version}" for model in references]


def test_a_switch_answers_with_the_lane_as_it_runs_now() -> None:
    with service() as call:
        answer, code, _ = call("SwitchModels", switch(alpha="2.0.0"))
        cards, _, _ = call("ListModels", api.ListModelsRequest())
        basis, _, _ = call("GetBasis", api.GetBasisRequest())
    assert code == grpc.StatusCode.OK
    assert named(answer.lane.models) == ["alpha@2.0.0", "beta@1.0.0"]
    assert named(answer.lane.before) == ["alpha@1.0.0", "beta@1.0.0"]
    assert named(cards.cards) == named(answer.lane.models)
    assert basis.basis == "alpha@2.0.0 beta@1.0.0"


def test_a_refused_model_is_told_to_who_asked_and_stands_in_the_lane() -> None:
    with service(shelf=Shelf("alpha@2.0.0")) as call:
        _, code, details = call("SwitchModels", switch(alpha="2.0.0"))
        lanes, _, _ = call("ListLanes", api.ListLanesRequest())
    assert (code, details) == (grpc.StatusCode.FAILED_PRECONDITION, "no model alpha@2.0.0")
    assert lanes.lanes[0].refusal == "MODEL_INVALID: no model alpha@2.0.0"
    assert named(lanes.lanes[0].models) == ["alpha@1.0.0", "beta@1.0.0"]


def test_the_way_back() -> None:
    with service() as call:
        call("SwitchModels", switch(alpha="2.0.0"))
        answer, _, _ = call("RollBackModels", api.RollBackModelsRequest(lane="main"))
        _, again, _ = call("RollBackModels", api.RollBackModelsRequest(lane="main"))
    assert named(answer.lane.models) == ["alpha@1.0.0", "beta@1.0.0"]
    assert again == grpc.StatusCode.NOT_FOUND


def test_lanes_are_opened_told_and_dropped() -> None:
    with service() as call:
        call("SwitchModels", switch("canary", alpha="2.0.0"))
        call("SwitchModels", switch("quiet", shadow=True, alpha="3.0.0"))
        opened, _, _ = call("ListLanes", api.ListLanesRequest())
        call("DropLane", api.DropLaneRequest(lane="canary"))
        left, _, _ = call("ListLanes", api.ListLanesRequest())
    assert [(lane.name, lane.shadow) for lane in opened.lanes] == [("main", False), ("canary", False), ("quiet", True)]
    assert [lane.name for lane in left.lanes] == ["main", "quiet"]


@pytest.mark.parametrize(("control", "why"), [("none", "as they were at its start"), ("watch", "promote or roll back")])
@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("SwitchModels", switch(alpha="2.0.0")),
        ("RollBackModels", api.RollBackModelsRequest(lane="main")),
        ("DropLane", api.DropLaneRequest(lane="canary")),
    ],
)
def test_nothing_is_changed_where_operators_do_not_change_models(
    control: Any, why: str, method: str, request_: Message
) -> None:
    with service(ModelSettings(model_control=control)) as call:
        _, code, details = call(method, request_)
        lanes, _, _ = call("ListLanes", api.ListLanesRequest())
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert why in details
    assert named(lanes.lanes[0].models) == ["alpha@1.0.0", "beta@1.0.0"]


@pytest.mark.parametrize("request_", [switch(), switch("Main", alpha="1.0.0"), switch("", alpha="1.0.0")])
def test_a_request_that_breaks_its_contract_is_refused(request_: Message) -> None:
    with service() as call:
        _, code, _ = call("SwitchModels", request_)
    assert code == grpc.StatusCode.INVALID_ARGUMENT


def test_a_card_is_that_of_the_main_lane() -> None:
    with service() as call:
        call("SwitchModels", switch("canary", alpha="2.0.0"))
        answer, _, _ = call("GetModel", api.GetModelRequest(name="alpha"))
        _, code, details = call("GetModel", api.GetModelRequest(name="gamma"))
    assert answer.card.version == "1.0.0"
    assert (code, "it runs: alpha, beta" in details) == (grpc.StatusCode.NOT_FOUND, True)

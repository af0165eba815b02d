from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import grpc
import grpc_testing
import numpy as np
import pytest
from google.protobuf.message import Message
from inference import open_inference_service_pb2 as oip

from kit.batching.wish import Priority, Wish
from kit.convert.tensors import from_raw
from kit.errors import ModelInvalid
from kit.models.runtime import Tensor
from kit.models.settings import ModelSettings
from kit.rpc.guard import guard
from kit.rpc.health import Health
from kit.rpc.open_inference_service import OpenInferenceServicer, open_inference_service
from tests.support.clock import FakeClock
from tests.support.tensors import FACE, Doubling, Shelf, a_request

DESCRIPTOR = oip.DESCRIPTOR.services_by_name["GRPCInferenceService"]


class World:
    """A servicer behind the guard, and what stands behind it."""

    def __init__(self) -> None:
        self.network = Doubling()
        self.shelf = Shelf(self.network)
        self.health = Health()
        self.clock = FakeClock()
        servicer = OpenInferenceServicer("image_svc", self.shelf.lease, self.health, self.clock)
        handlers = {DESCRIPTOR: guard(servicer, DESCRIPTOR)}
        self.server = grpc_testing.server_from_dictionary(handlers, grpc_testing.strict_real_time())

    def call(self, method: str, request: Message, timeout_s: float | None = None) -> Any:
        """The answer. Raises AssertionError for a refusal."""
        answer, code, details = self.outcome(method, request, timeout_s)
        assert code is grpc.StatusCode.OK, details
        return answer

    def outcome(
        self, method: str, request: Message, timeout_s: float | None = None
    ) -> tuple[Any, grpc.StatusCode, str]:
        call = self.server.invoke_unary_unary(DESCRIPTOR.methods_by_name[method], (), request, timeout_s)
        answer, _, code, details = call.termination()
        return answer, code, details


@pytest.fixture
def world() -> World:
    return World()


def infer(world: World, **fields: Any) -> Any:
    return world.call("ModelInfer", a_request(**fields))


def test_a_network_answers_raw_where_it_is_asked_raw(world: World) -> None:
    answer = infer(world, id="mark 7")
    twice, total = (
        from_raw(raw, entry.datatype, entry.shape)
        for raw, entry in zip(answer.raw_output_contents, answer.outputs, strict=True)
    )
    np.testing.assert_array_equal(twice, FACE * 2)
    np.testing.assert_array_equal(total, FACE.sum(axis=(1, 2, 3)))
    assert (answer.model_name, answer.model_version, answer.id) == ("doubling", "1.0.0", "mark 7")


def test_a_network_answers_typed_where_it_is_asked_typed(world: World) -> None:
    answer = infer(world, typed=True, outputs=[{"name": "sum"}])
    assert not answer.raw_output_contents
    assert list(answer.outputs[0].contents.fp32_contents) == FACE.sum(axis=(1, 2, 3)).tolist()


def test_a_new_version_answers_at_once_and_the_old_one_is_not_found(world: World) -> None:
    assert infer(world, model_version="1.0.0").model_version == "1.0.0"
    world.shelf.put(Doubling(), "1.1.0")
    assert infer(world).model_version == "1.1.0"
    _, code, details = world.outcome("ModelInfer", a_request(model_version="1.0.0"))
    assert code is grpc.StatusCode.NOT_FOUND
    assert details == "doubling runs in version 1.1.0, not in '1.0.0'; ask for that one, or for none"


def test_a_model_that_is_not_here_or_no_network_is_not_found(world: World) -> None:
    for name, says in (("nobody", "it runs: doubling, rules"), ("rules", "is fitted numbers and no network")):
        _, code, details = world.outcome("ModelInfer", a_request(model_name=name))
        assert code is grpc.StatusCode.NOT_FOUND
        assert says in details


def test_ready_is_what_the_health_of_the_process_says(world: World) -> None:
    def ready() -> list[bool]:
        server = world.call("ServerReady", oip.ServerReadyRequest()).ready
        return [server, world.call("ModelReady", oip.ModelReadyRequest(name="doubling")).ready]

    assert ready() == [False, False]
    world.health.serving()
    assert ready() == [True, True]
    world.health.drain()
    assert ready() == [False, False]
    assert world.call("ServerLive", oip.ServerLiveRequest()).live


@pytest.mark.parametrize(
    ("name", "version", "ready"),
    [
        ("doubling", "", True),
        ("doubling", "1.0.0", True),
        ("doubling", "9.0.0", False),
        ("rules", "", False),
        ("", "", False),
    ],
)
def test_a_network_is_ready_in_the_version_that_runs(world: World, name: str, version: str, ready: bool) -> None:
    world.health.serving()
    assert world.call("ModelReady", oip.ModelReadyRequest(name=name, version=version)).ready is ready


def test_metadata_are_those_of_the_card(world: World) -> None:
    answer = world.call("ModelMetadata", oip.ModelMetadataRequest(name="doubling"))
    assert (answer.name, list(answer.versions), answer.platform) == ("doubling", ["1.0.0"], "onnxruntime_onnx")
    assert [(entry.name, entry.datatype, list(entry.shape)) for entry in answer.inputs] == [
        ("face", "FP32", [-1, 3, 4, 4])
    ]
    assert [entry.name for entry in answer.outputs] == ["twice", "sum"]


def test_fitted_numbers_have_metadata_and_no_tensors(world: World) -> None:
    answer = world.call("ModelMetadata", oip.ModelMetadataRequest(name="rules"))
    assert (answer.platform, len(answer.inputs), len(answer.outputs)) == ("telltale_json", 0, 0)
    _, code, _ = world.outcome("ModelMetadata", oip.ModelMetadataRequest(name="rules", version="1.0.0"))
    assert code is grpc.StatusCode.NOT_FOUND


def test_the_server_says_its_name_and_offers_no_extensions(world: World) -> None:
    answer = world.call("ServerMetadata", oip.ServerMetadataRequest())
    assert (answer.name, list(answer.extensions)) == ("image_svc", [])
    assert answer.version


def test_the_network_hears_of_timeout_and_priority(world: World) -> None:
    world.clock.advance(100)
    timeout, low = oip.InferParameter(int64_param=2_000_000), oip.InferParameter(uint64_param=3)
    for parameters in ({}, {"timeout": timeout}, {"priority": low}):
        infer(world, parameters=parameters)
    assert world.network.wishes == [Wish(), Wish(deadline_s=102), Wish(priority=Priority.BACKGROUND)]


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (a_request(FACE[:, :, :2]), "[2, 3, 2, 4] was sent"),
        (a_request(np.full_like(FACE, np.nan)), "no finite number"),
        (a_request(name="back"), "takes ['face']; send each of them once"),
        (a_request(raw_input_contents=[b""]), "2 raw_input_contents for 1 inputs"),
        (a_request(outputs=[{"name": "nothing"}]), "has the outputs"),
        (a_request(id="x" * 2000), "id must be at most 1024 characters"),
        (a_request(parameters={str(index): oip.InferParameter() for index in range(65)}), "parameters"),
    ],
)
def test_what_breaks_the_contract_is_refused_with_a_sentence(
    world: World, request_: oip.ModelInferRequest, says: str
) -> None:
    _, code, details = world.outcome("ModelInfer", request_)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert says in details
    assert world.network.wishes == []


class Exploding:
    """A network whose numbers grow beyond all bounds, as `kit.models.onnx` tells it."""

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        raise ModelInvalid("doubling: its answer 'twice' holds numbers that are infinite or none; train it again")


def test_tensors_that_have_no_finite_answer_are_the_callers_fault(world: World) -> None:
    world.shelf.put(Exploding(), "1.0.0")
    _, code, details = world.outcome("ModelInfer", a_request(FACE * 1e36))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert details.startswith("doubling has no finite answer to these tensors; send what")


def test_it_is_offered_where_the_settings_switch_it_on_alone(world: World) -> None:
    assert open_inference_service("image_svc", ModelSettings(), world.shelf.lease, world.health) == []
    settings = ModelSettings(open_inference=True)
    [binding] = open_inference_service("image_svc", settings, world.shelf.lease, world.health)
    assert all(hasattr(type(binding.servicer), method.name) for method in binding.descriptor.methods)
    assert len(binding.descriptor.methods) == 6

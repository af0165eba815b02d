"""`telltale models running`, `switch` and the like against a service that answers what it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from kit.errors import ModelInvalid
from kit.rpc.status import abort
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc
from tests.support.person import Person

NOBODY = Person({"COLUMNS": "200"})


class Service(model_service_pb2_grpc.ModelServiceServicer):
    """Keeps the versions that it is told, but refuses 9.9.9."""

    def __init__(self) -> None:
        self.lanes = {"main": self._lane("main", "1.0.0")}

    def ListLanes(self, request: Any, context: Any) -> model_service_pb2.ListLanesResponse:
        return model_service_pb2.ListLanesResponse(lanes=self.lanes.values())

    def SwitchModels(self, request: Any, context: Any) -> model_service_pb2.SwitchModelsResponse:
        version = request.versions["thing"]
        if version == "9.9.9":
            abort(context, ModelInvalid("there is no thing 9.9.9"))
        self.lanes[request.lane] = self._lane(request.lane, version, shadow=request.shadow)
        return model_service_pb2.SwitchModelsResponse(lane=self.lanes[request.lane])

    def RollBackModels(self, request: Any, context: Any) -> model_service_pb2.RollBackModelsResponse:
        self.lanes[request.lane] = self._lane(request.lane, "1.0.0")
        return model_service_pb2.RollBackModelsResponse(lane=self.lanes[request.lane])

    def DropLane(self, request: Any, context: Any) -> model_service_pb2.DropLaneResponse:
        del self.lanes[request.lane]
        return model_service_pb2.DropLaneResponse()

    def _lane(self, name: str, version: str, *, shadow: bool = False) -> model_service_pb2.Lane:
        models = [evidence_pb2.ModelReference(name="thing", version=version)]
        return model_service_pb2.Lane(name=name, models=models, calls=2, shadow=shadow)


@pytest.fixture
def target() -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(2))
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(Service(), server)  # type: ignore[no-untyped-call]  # generated
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


def test_what_runs_is_shown(target: str) -> None:
    assert "thing@1.0.0" in NOBODY.does("running", "--target", target).stdout
    lane = json.loads(NOBODY.does("running", "--target", target, "--json").stdout)
    assert (lane["service"], lane["name"], lane["calls"]) == (target, "main", 2)


def test_models_are_switched_and_rolled_back(target: str) -> None:
    switched = NOBODY.does("switch", "thing@1.1.0", "--target", target)
    assert switched.stdout == f"{target} runs in main: thing@1.1.0\n"
    assert "thing@1.0.0" in NOBODY.does("roll-back-lane", "--target", target).stdout


def test_a_lane_is_opened_as_a_shadow_and_dropped(target: str) -> None:
    NOBODY.does("switch", "thing@1.1.0", "--target", target, "--lane", "next", "--shadow")
    assert "next (shadow)" in NOBODY.does("running", "--target", target).stdout
    assert NOBODY.does("drop-lane", "next", "--target", target).exit_code == 0
    assert "next" not in NOBODY.does("running", "--target", target).stdout


def test_what_a_service_refuses_is_told_in_its_words(target: str) -> None:
    result = NOBODY.does("switch", "thing@9.9.9", "--target", target)
    assert (result.exit_code, result.stderr) == (1, "Error: there is no thing 9.9.9\n")


def test_a_service_that_is_not_there_does_not_hide_the_others(target: str) -> None:
    result = NOBODY.does("running", "--target", "127.0.0.1:1", "--target", target)
    assert result.exit_code == 1
    assert "thing@1.0.0" in result.stdout
    assert "Error: 127.0.0.1:1: " in result.stderr

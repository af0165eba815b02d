"""Operators change models: those of a real service in a process of its own, and, over mTLS, whoever is one."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from bench.swap.service import RunningService, running
from bench.swap.zoo import copied, flip, next_version
from kit.models.registry import Registry
from kit.models.settings import ModelSettings
from kit.rpc.channel import open_channel
from kit.rpc.model_service import model_service
from kit.rpc.server import start
from kit.serving.start import Serving
from telltale.fusion.v1 import fusion_service_pb2, fusion_service_pb2_grpc
from telltale.model.v1 import model_service_pb2 as api
from telltale.model.v1 import model_service_pb2_grpc
from tests.support.certificates import Office
from tests.support.fusion import PHOTO
from tests.support.serving import Shelf, a_manager, desk_of

SHIPPED = Registry(Path(__file__).parents[2] / "models").load("fusion")
FIRST, SECOND, BROKEN = SHIPPED.card.version, next_version(SHIPPED.card.version), "0.0.1"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("zoo")
    for version in (FIRST, SECOND, BROKEN):
        copied(SHIPPED.folder, folder / "fusion", version)
    flip(folder / "fusion" / BROKEN / "fusion.json")
    settings = {"models": str(folder), "model_control": "explicit", "model_versions": json.dumps({"fusion": FIRST})}
    with running("fusion_svc", "TELLTALE_FUSION_", settings, folder / "log") as process:
        yield process


def fusion_version(channel: grpc.Channel, lane: str = "main") -> str:
    """Who judged, as the verdict says."""
    stub = fusion_service_pb2_grpc.FusionServiceStub(channel)
    request = fusion_service_pb2.FuseRequest(media=PHOTO)
    answer = stub.Fuse(request, metadata=[("telltale-lane", lane)], timeout=20)
    return str(answer.verdict.replay.fusion_model.version)


@contextmanager
def asking(target: str) -> Iterator[list[str]]:
    """Four who ask without a pause; which versions answered them, in order, and failures."""
    stop, answers = threading.Event(), []

    def ask() -> None:
        with open_channel(target) as channel:
            while not stop.is_set():
                try:
                    answers.append(fusion_version(channel))
                except grpc.RpcError as error:
                    answers.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_models_are_switched_rolled_back_and_refused_while_calls_go_on(service: RunningService) -> None:
    refused = []
    with open_channel(service.target) as channel, asking(service.target) as answers:
        operator = model_service_pb2_grpc.ModelServiceStub(channel)
        for _ in range(3):
            operator.SwitchModels(api.SwitchModelsRequest(lane="main", versions={"fusion": SECOND}))
            assert fusion_version(channel) == SECOND
            with pytest.raises(grpc.RpcError) as refusal:
                operator.SwitchModels(api.SwitchModelsRequest(lane="main", versions={"fusion": BROKEN}))
            refused.append(refusal.value)
            operator.RollBackModels(api.RollBackModelsRequest(lane="main"))
            assert fusion_version(channel) == FIRST
    assert set(answers) == {FIRST, SECOND}
    assert {error.code() for error in refused} == {grpc.StatusCode.FAILED_PRECONDITION}
    assert "does not match its card" in refused[0].details()


def test_a_canary_answers_who_names_it_and_main_everybody_else(service: RunningService) -> None:
    with open_channel(service.target) as channel:
        operator = model_service_pb2_grpc.ModelServiceStub(channel)
        operator.SwitchModels(api.SwitchModelsRequest(lane="canary", versions={"fusion": SECOND}))
        assert (fusion_version(channel, "canary"), fusion_version(channel)) == (SECOND, FIRST)
        operator.DropLane(api.DropLaneRequest(lane="canary"))
        with pytest.raises(grpc.RpcError) as refusal:
            fusion_version(channel, "canary")
    assert refusal.value.code() == grpc.StatusCode.NOT_FOUND
    assert "there are: main" in refusal.value.details()


def test_only_operators_change_models_over_mtls(tmp_path: Path) -> None:
    office = Office(tmp_path)
    papers: dict[str, Any] = office.server("fusion", "gateway")
    settings = ModelSettings(**papers, model_control="explicit", tls_admin_names=("operator",), drain_s=0)
    with a_manager(Shelf()) as manager:
        server = start(settings, [model_service(Serving(manager.lanes, manager, desk_of(None)), settings)])
        try:
            found = {
                (name, method): _status(f"fusion@127.0.0.1:{server.port}", office, name, method)
                for name, method in itertools.product(("gateway", "operator"), ("ListLanes", "SwitchModels"))
            }
        finally:
            server.stop()
    assert found == {
        ("gateway", "ListLanes"): "OK",
        ("gateway", "SwitchModels"): "PERMISSION_DENIED",
        ("operator", "ListLanes"): "OK",
        ("operator", "SwitchModels"): "OK",
    }


def _status(target: str, office: Office, name: str, method: str) -> str:
    requests = {
        "ListLanes": api.ListLanesRequest(),
        "SwitchModels": api.SwitchModelsRequest(lane="main", versions={"alpha": "2.0.0"}),
    }
    with open_channel(target, office.client(name)) as channel:
        try:
            getattr(model_service_pb2_grpc.ModelServiceStub(channel), method)(requests[method], timeout=20)
        except grpc.RpcError as error:
            return str(error.code().name)
    return "OK"

"""Standard clients of tensors reach no model through the edge, even if a gateway offered one."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest
from inference import open_inference_service_pb2 as oip
from inference import open_inference_service_pb2_grpc

from kit.models.settings import ModelSettings
from kit.rpc.health import Health
from kit.rpc.open_inference_service import open_inference_service
from kit.rpc.server import start
from kit.settings import ServerSettings
from tests.support.edge import call, envoy
from tests.support.tensors import Doubling, Shelf

METHODS = oip.DESCRIPTOR.services_by_name["GRPCInferenceService"].methods


@pytest.fixture(scope="module")
def leaking_gateway() -> Iterator[int]:
    health = Health()
    settings = ModelSettings(open_inference=True)
    services = open_inference_service("gateway", settings, Shelf(Doubling()).lease, health)
    running = start(ServerSettings(drain_s=0), services, health=health)
    yield running.port
    running.stop()


@pytest.fixture(scope="module")
def edge_port(leaking_gateway: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with envoy(tmp_path_factory.mktemp("envoy"), leaking_gateway) as port:
        yield port


def code(port: int, method: str) -> grpc.StatusCode:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = open_inference_service_pb2_grpc.GRPCInferenceServiceStub(channel)  # type: ignore[no-untyped-call]
        request = getattr(oip, f"{method}Request")()
        outcome = getattr(stub, method).future(request, timeout=10, wait_for_ready=True)
        return outcome.code()


@pytest.mark.parametrize("method", [method.name for method in METHODS])
def test_no_method_passes_the_edge(leaking_gateway: int, edge_port: int, method: str) -> None:
    assert code(leaking_gateway, method) is not grpc.StatusCode.UNIMPLEMENTED
    assert code(edge_port, method) is grpc.StatusCode.UNIMPLEMENTED


def test_none_is_there_as_an_address(edge_port: int) -> None:
    for verb in ("GET", "POST"):
        assert call(edge_port, verb, "/inference.GRPCInferenceService/ServerLive", b"{}").status == 404

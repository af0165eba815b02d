"""Probes of a cluster ask for health in plain text, also where everybody else needs a certificate."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from kit.errors import InvalidSettings
from kit.rpc.aio_server import start_aio
from kit.rpc.server import ServiceBinding, start
from kit.settings import ServerSettings
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc
from tests.support.certificates import Office

MODELS = model_service_pb2.DESCRIPTOR.services_by_name["ModelService"]
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Models(model_service_pb2_grpc.ModelServiceServicer):
    pass


BINDING = ServiceBinding(MODELS, model_service_pb2_grpc.add_ModelServiceServicer_to_server, Models())


@pytest.fixture
def mtls(tmp_path: Path) -> dict[str, Any]:
    return Office(tmp_path).server("image-svc", "gateway")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def plain(port: int) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel


def health(port: int, service: str) -> int:
    with plain(port) as channel:
        request = health_pb2.HealthCheckRequest(service=service)
        return int(health_pb2_grpc.HealthStub(channel).Check(request, timeout=5, wait_for_ready=True).status)


def test_a_probe_needs_no_certificate_and_sees_the_warm_up(mtls: dict[str, Any], port: int) -> None:
    seen: list[int] = []
    settings = ServerSettings(drain_s=0, health_port=port, **mtls)
    running = start(settings, [BINDING], lambda: seen.append(health(port, MODELS.full_name)))
    seen += [health(port, MODELS.full_name), health(port, "")]
    running.stop()
    assert seen == [NOT_SERVING, SERVING, SERVING]


def test_the_port_of_probes_tells_health_alone(mtls: dict[str, Any], port: int) -> None:
    running = start(ServerSettings(drain_s=0, health_port=port, **mtls), [BINDING])
    with plain(port) as channel, pytest.raises(grpc.RpcError) as refused:
        model_service_pb2_grpc.ModelServiceStub(channel).ListModels(model_service_pb2.ListModelsRequest(), timeout=5)
    running.stop()
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_without_a_port_nobody_tells_health_in_plain_text(mtls: dict[str, Any]) -> None:
    running = start(ServerSettings(drain_s=0, **mtls), [BINDING])
    with plain(running.port) as channel, pytest.raises(grpc.RpcError) as refused:
        health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=5)
    running.stop()
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_port_that_is_taken_is_an_error_at_the_start(port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(InvalidSettings, match="health_port"):
            start(ServerSettings(health_port=port), [BINDING])


async def test_servers_on_asyncio_have_it_too(mtls: dict[str, Any], port: int) -> None:
    running = await start_aio(ServerSettings(drain_s=0, health_port=port, **mtls), ())
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=5)
    await running.stop()
    assert answer.status == SERVING

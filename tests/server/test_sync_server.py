from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from structlog.testing import capture_logs

from kit.errors import InvalidSettings, Overloaded
from kit.rpc.channel import open_channel
from kit.rpc.server import RunningServer, ServiceBinding, start
from kit.rpc.status import from_rpc_error
from kit.settings import ServerSettings
from telltale.fusion.v1 import fusion_service_pb2, fusion_service_pb2_grpc, verdict_pb2
from tests.support.fusion import PHOTO

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class SlowFusion(fusion_service_pb2_grpc.FusionServiceServicer):
    def __init__(self) -> None:
        self.entered = threading.Event()
        self.release = threading.Event()
        self.over = threading.Event()

    def Fuse(self, request: object, context: grpc.ServicerContext) -> fusion_service_pb2.FuseResponse:
        context.add_callback(self.over.set)
        self.entered.set()
        self.release.wait(10)
        return fusion_service_pb2.FuseResponse(verdict=verdict_pb2.Verdict(language="done"))


def binding(servicer: object) -> ServiceBinding:
    return ServiceBinding(
        fusion_service_pb2.DESCRIPTOR.services_by_name["FusionService"],
        fusion_service_pb2_grpc.add_FusionServiceServicer_to_server,
        servicer,
    )


def fuse(channel: grpc.Channel) -> grpc.Future:
    request = fusion_service_pb2.FuseRequest(media=PHOTO)
    return fusion_service_pb2_grpc.FusionServiceStub(channel).Fuse.future(request, timeout=10)


@pytest.fixture
def fusion() -> SlowFusion:
    return SlowFusion()


@pytest.fixture
def server(fusion: SlowFusion) -> Iterator[RunningServer]:
    running = start(ServerSettings(max_concurrent_calls=1, drain_s=5), [binding(fusion)])
    yield running
    fusion.release.set()
    running.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def assert_set(event: threading.Event) -> None:
    assert event.wait(10)


def health(port: int) -> int:
    with open_channel(f"127.0.0.1:{port}") as channel:
        request = health_pb2.HealthCheckRequest(service="telltale.fusion.v1.FusionService")
        return health_pb2_grpc.HealthStub(channel).Check(request, timeout=5, wait_for_ready=True).status


def test_health_is_serving_only_after_warm_up() -> None:
    port, warm = free_port(), threading.Event()
    started: list[RunningServer] = []

    def run() -> None:
        started.append(start(ServerSettings(port=port), [binding(SlowFusion())], lambda: assert_set(warm)))

    thread = threading.Thread(target=run)
    thread.start()
    assert health(port) == NOT_SERVING
    warm.set()
    thread.join(10)
    assert health(port) == SERVING
    started[0].stop()


def test_a_failed_warm_up_stops_the_start() -> None:
    def warm_up() -> None:
        raise InvalidSettings("no model")

    with pytest.raises(InvalidSettings, match="no model"):
        start(ServerSettings(), [binding(SlowFusion())], warm_up)


def test_reflection_names_the_services(server: RunningServer) -> None:
    with open_channel(f"127.0.0.1:{server.port}") as channel:
        names = ProtoReflectionDescriptorDatabase(channel).get_services()
    assert "telltale.fusion.v1.FusionService" in names


def test_calls_above_the_limit_are_shed_with_a_pause_while_health_answers(
    server: RunningServer, fusion: SlowFusion
) -> None:
    with open_channel(f"127.0.0.1:{server.port}") as channel:
        first = fuse(channel)
        assert fusion.entered.wait(5)
        with pytest.raises(grpc.RpcError) as caught:
            fuse(channel).result()
        assert health(server.port) == SERVING
        fusion.release.set()
        assert first.result().verdict.language == "done"
    error = from_rpc_error(caught.value)
    assert isinstance(error, Overloaded)
    assert error.retry_after_s == 1.0


def test_a_call_at_work_ends_while_the_server_drains(server: RunningServer, fusion: SlowFusion) -> None:
    with open_channel(f"127.0.0.1:{server.port}") as channel:
        call = fuse(channel)
        assert fusion.entered.wait(5)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        fusion.release.set()
        assert call.result().verdict.language == "done"
        stopping.join(10)
    assert not stopping.is_alive()


def test_a_taken_port_is_a_clear_error(server: RunningServer) -> None:
    with pytest.raises(InvalidSettings, match=f"cannot listen on 127.0.0.1:{server.port}"):
        start(ServerSettings(port=server.port), [binding(SlowFusion())])


def test_a_certificate_without_key_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="both a certificate and a key"):
        start(ServerSettings(tls_certificate=tmp_path / "cert.pem"), [binding(SlowFusion())])


def test_a_call_whose_caller_went_away_is_logged_as_cancelled(server: RunningServer, fusion: SlowFusion) -> None:
    with capture_logs() as lines, open_channel(f"127.0.0.1:{server.port}") as channel:
        call = fuse(channel)
        assert fusion.entered.wait(5)
        call.cancel()
        assert fusion.over.wait(5)
        fusion.release.set()
        assert until(lambda: [line["code"] for line in lines if line["event"] == "call"] == ["CANCELLED"])


def until(holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold within ten seconds; nobody tells when a line was written."""
    return any(holds() or select.select([], [], [], 0.05)[0] for _ in range(200))

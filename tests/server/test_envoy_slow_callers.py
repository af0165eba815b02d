"""Who sends slowly and has shown no token takes no place at the gateway."""

from __future__ import annotations

import asyncio
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from kit.rpc.channel import open_channel
from tests.support.edge import Reply, call, envoy, fake_gateway
from tests.support.gateway import running_gateway

GET = "/telltale.gateway.v1.AnalysisService/GetAnalysis"
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
PLACES = 2


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with (
        fake_gateway() as (gateway_port, _),
        envoy(tmp_path_factory.mktemp("envoy"), gateway_port, max_requests=PLACES) as port,
    ):
        yield port


def asking(port: int) -> Reply:
    return call(port, "GET", "/v1/analyses/a")


@contextmanager
def slow_grpc(port: int, method: str) -> Iterator[list[grpc.Future]]:
    """Calls that have begun and send nothing until the test is over."""
    over = threading.Event()

    def nothing() -> Iterator[bytes]:
        over.wait(60)
        yield from ()

    with open_channel(f"127.0.0.1:{port}") as channel:
        calls = [channel.stream_unary(method).future(nothing()) for _ in range(2 * PLACES)]
        try:
            yield calls
        finally:
            over.set()


@contextmanager
def slow_rest(port: int) -> Iterator[None]:
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(2 * PLACES)]
    for connection in connections:
        connection.putrequest("POST", f"/v1/analyses/{'a' * 26}/shares")
        connection.putheader("content-length", "100")
        connection.endheaders(b'{"timeToLive"')
    yield
    for connection in connections:
        connection.close()


def test_slow_calls_by_grpc_take_no_place(port: int) -> None:
    with slow_grpc(port, GET) as calls:
        assert [asking(port).status for _ in range(20)] == [200] * 20
        assert not any(each.done() for each in calls)


def test_slow_calls_by_rest_take_no_place(port: int) -> None:
    with slow_rest(port):
        assert [asking(port).status for _ in range(20)] == [200] * 20


def test_reflection_ends_after_seconds_whatever_its_caller_does(port: int) -> None:
    with slow_grpc(port, REFLECTION) as calls:
        codes = {each.exception(timeout=20).code() for each in calls}
        assert codes <= {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE}
        assert asking(port).status == 200


async def test_a_slow_upload_without_a_token_is_refused_before_its_end(tmp_path: Path) -> None:
    async with running_gateway(tmp_path / "gateway") as world:
        with envoy(tmp_path, world.port, max_requests=1) as port:
            slow = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            slow.putrequest("POST", "/v1/media:analyze")
            slow.putheader("content-length", "1000000")
            slow.endheaders(b"some of it")
            assert (await asyncio.to_thread(slow.getresponse)).status == 401
            owner = dict(world.headers)
            assert (await asyncio.to_thread(call, port, "GET", "/v1/media", None, owner)).status == 200
            slow.close()


def test_a_request_that_is_far_too_long_for_one_is_told_so(port: int) -> None:
    unlimited = [("grpc.max_send_message_length", -1)]
    with (
        grpc.insecure_channel(f"127.0.0.1:{port}", unlimited) as channel,
        pytest.raises(grpc.RpcError, match="Without a file it has at most 5 MiB"),
    ):
        channel.unary_unary(GET)(bytes(6 * 2**20))

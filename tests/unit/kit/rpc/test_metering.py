"""Calls are measured at both ends, by method and code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest

from kit.errors import NotFound, Overloaded
from kit.rpc.aio_server import AioServiceBinding, start_aio
from kit.rpc.channel import open_aio_channel
from kit.rpc.metering import asking
from kit.settings import ServerSettings
from telltale.gateway.v1 import key_service_pb2, key_service_pb2_grpc
from telltale.image.v1 import image_service_pb2, image_service_pb2_grpc
from tests.support.readings import told

KEYS, IMAGES = "telltale.gateway.v1.KeyService/ListSigningKeys", "telltale.image.v1.ImageService/AnalyzeImage"
SERVER = "rpc_server_call_duration_seconds_count"


class Keys(key_service_pb2_grpc.KeyServiceServicer):
    def __init__(self) -> None:
        self.error: Exception | None = None
        self.at_work: float | None = None

    async def ListSigningKeys(self, request: Any, context: Any) -> key_service_pb2.ListSigningKeysResponse:
        self.at_work = told("telltale_calls_at_work")
        if self.error:
            raise self.error
        return key_service_pb2.ListSigningKeysResponse()


class Images(image_service_pb2_grpc.ImageServiceServicer):
    async def AnalyzeImage(self, requests: Any, context: Any) -> AsyncIterator[image_service_pb2.AnalyzeImageResponse]:
        yield image_service_pb2.AnalyzeImageResponse()
        await asyncio.sleep(60)


def codes(method: str) -> dict[str, float]:
    names = [code.name for code in grpc.StatusCode]
    found = {name: told(SERVER, rpc_method=method, rpc_response_status_code=name) for name in names}
    return {name: value for name, value in found.items() if value is not None}


@asynccontextmanager
async def serving(keys: Keys) -> AsyncIterator[grpc.aio.Channel]:
    services = [
        AioServiceBinding(
            key_service_pb2.DESCRIPTOR.services_by_name["KeyService"],
            key_service_pb2_grpc.add_KeyServiceServicer_to_server,
            keys,
        ),
        AioServiceBinding(
            image_service_pb2.DESCRIPTOR.services_by_name["ImageService"],
            image_service_pb2_grpc.add_ImageServiceServicer_to_server,
            Images(),
        ),
    ]
    server = await start_aio(ServerSettings(drain_s=0, max_concurrent_calls=7), services)
    try:
        async with open_aio_channel(f"127.0.0.1:{server.port}") as channel:
            yield channel
    finally:
        await server.stop()


async def test_calls_are_measured_by_method_and_code() -> None:
    keys, before = Keys(), codes(KEYS)
    async with serving(keys) as channel:
        stub = key_service_pb2_grpc.KeyServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        await stub.ListSigningKeys(key_service_pb2.ListSigningKeysRequest())
        for keys.error in (NotFound("nothing"), Overloaded("too many"), RuntimeError("a fault of ours")):
            with pytest.raises(grpc.aio.AioRpcError):
                await stub.ListSigningKeys(key_service_pb2.ListSigningKeysRequest())
        assert told("telltale_calls_limit") == 7
    more = {code: count - before.get(code, 0) for code, count in codes(KEYS).items()}
    assert more == {"OK": 1, "NOT_FOUND": 1, "RESOURCE_EXHAUSTED": 1, "INTERNAL": 1}


async def test_a_call_is_at_work_until_it_ends() -> None:
    keys, before = Keys(), told("telltale_calls_at_work") or 0
    async with serving(keys) as channel:
        stub = key_service_pb2_grpc.KeyServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        await stub.ListSigningKeys(key_service_pb2.ListSigningKeysRequest())
    assert keys.at_work == before + 1
    assert told("telltale_calls_at_work") == before


@pytest.mark.parametrize(("timeout_s", "code"), [(None, "CANCELLED"), (0.3, "DEADLINE_EXCEEDED")])
async def test_a_stream_that_nobody_waits_for_says_why(timeout_s: float | None, code: str) -> None:
    before = codes(IMAGES).get(code, 0)
    async with serving(Keys()) as channel:
        stub = image_service_pb2_grpc.ImageServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        call = stub.AnalyzeImage(iter([image_service_pb2.AnalyzeImageRequest(chunk=b"x")]), timeout=timeout_s)
        await call.read()
        if timeout_s is None:
            call.cancel()
        async with asyncio.timeout(10):
            while codes(IMAGES).get(code, 0) == before:
                await asyncio.sleep(0.01)


async def test_who_calls_measures_it_too() -> None:
    method, seconds = "a.Service/Call", "rpc_client_call_duration_seconds_count"
    async with serving(Keys()) as channel:
        unknown = channel.unary_unary("/a.Service/Call")
        with pytest.raises(grpc.aio.AioRpcError), asking(method):
            await unknown(b"")
    with pytest.raises(asyncio.CancelledError), asking(method):
        raise asyncio.CancelledError
    with asking(method):
        pass
    for code in ("UNIMPLEMENTED", "CANCELLED", "OK"):
        assert told(seconds, rpc_method=method, rpc_response_status_code=code) == 1


async def test_a_method_that_does_not_exist_makes_no_series() -> None:
    async with serving(Keys()) as channel:
        with pytest.raises(grpc.aio.AioRpcError):
            await channel.unary_unary("/made.up.by.a.Caller/Anything")(b"")
    assert told(SERVER, rpc_method="made.up.by.a.Caller/Anything") is None

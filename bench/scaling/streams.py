"""What streams that say nothing cost the gateway, and how many small calls it answers: through Envoy, as clients call."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import grpc
from google.api import httpbody_pb2

from bench.overhead.rest import RestClient, running_stack
from bench.scaling.cpu import by_service, difference
from bench.video.memory import held_mib
from telltale.gateway.v1 import (
    analysis_service_pb2,
    analysis_service_pb2_grpc,
    media_service_pb2,
    media_service_pb2_grpc,
    operation_service_pb2,
    operation_service_pb2_grpc,
)

_SETTINGS = {
    # Orders are taken and nobody makes them, so whoever watches one hears nothing.
    "TELLTALE_GATEWAY_WORKER": "false",
    "TELLTALE_GATEWAY_READ_RATE": "1000000/minute",
    "TELLTALE_GATEWAY_MAX_CONCURRENT_CALLS": "4096",
    "TELLTALE_ENVOY_MAX_REQUESTS": "4096",
}
_CALLERS = 8
# Envoy lets a hundred through; one more would wait.
_STREAMS_A_CONNECTION = 90
Metadata = tuple[tuple[str, str], ...]
_SETTLE_S = 2.0


@dataclass(frozen=True)
class Streams:
    """Costs of streams, and of calls.

    Attributes:
        open_at_once: streams that were open.
        kib_a_stream: memory of the gateway for each.
        idle_cpu: cores that the gateway used while all of them were open and idle.
        calls_hz: GetMedia, answered per second.
        call_cpu_ms: CPU milliseconds of the gateway for each.
    """

    open_at_once: int
    kib_a_stream: float
    idle_cpu: float
    calls_hz: float
    call_cpu_ms: float


def measure(models: Path, photo: bytes, streams: int, window_s: float) -> Streams:
    """Of a stack of its own."""
    with running_stack(models, **_SETTINGS) as client:
        return asyncio.run(_measured(client, photo, streams, window_s))


async def _measured(client: RestClient, photo: bytes, streams: int, window_s: float) -> Streams:
    metadata = (("authorization", f"Bearer {client.token}"),)
    async with AsyncExitStack() as stack:
        needed = math.ceil(streams / _STREAMS_A_CONNECTION)
        channels = [await stack.enter_async_context(_connection(client)) for _ in range(needed)]
        channel = channels[0]
        media, operation = await _order(channel, metadata, photo)
        before_mib = _gateway_mib(client)
        watches = [operation_service_pb2_grpc.OperationServiceStub(each).WatchOperation for each in channels]
        request = operation_service_pb2.WatchOperationRequest(name=operation)
        opened = [watches[number % needed](request, metadata=metadata) for number in range(streams)]
        await asyncio.gather(*(stream.read() for stream in opened))
        held_kib = (_gateway_mib(client) - before_mib) * 1024
        idle_s = await _gateway_cpu_s(client, asyncio.sleep(window_s))
        for stream in opened:
            stream.cancel()
        await asyncio.sleep(_SETTLE_S)
        get = media_service_pb2_grpc.MediaServiceStub(channel).GetMedia
        done: list[None] = []

        async def ask() -> None:
            until_s = time.monotonic() + window_s
            while time.monotonic() < until_s:
                await get(media_service_pb2.GetMediaRequest(name=media), metadata=metadata)
                done.append(None)

        busy_s = await _gateway_cpu_s(client, asyncio.gather(*(ask() for _ in range(_CALLERS))))
    return Streams(streams, held_kib / streams, idle_s / window_s, len(done) / window_s, busy_s / len(done) * 1000)


def _connection(client: RestClient) -> grpc.aio.Channel:
    """A connection of its own: channels that are alike share one otherwise."""
    options = (("grpc.use_local_subchannel_pool", 1),)
    return grpc.aio.insecure_channel(urlsplit(client.url).netloc, options=options)


async def _order(channel: grpc.aio.Channel, metadata: Metadata, photo: bytes) -> tuple[str, str]:
    """Names of a file and of the operation that waits for somebody to look at it."""
    upload = media_service_pb2_grpc.MediaServiceStub(channel).UploadMedia
    file = httpbody_pb2.HttpBody(content_type="image/jpeg", data=photo)
    stored = await upload(iter([media_service_pb2.UploadMediaRequest(file=file)]), metadata=metadata)
    create = analysis_service_pb2_grpc.AnalysisServiceStub(channel).CreateAnalysis
    request = analysis_service_pb2.CreateAnalysisRequest(media=stored.name)
    return stored.name, (await create(request, metadata=metadata)).name


async def _gateway_cpu_s(client: RestClient, meanwhile: Awaitable[object]) -> float:
    before = by_service(client.pid)
    await meanwhile
    return difference(by_service(client.pid), before)["gateway"]


def _gateway_mib(client: RestClient) -> float:
    return held_mib(client.pid, "Anonymous")["gateway"]

"""One replica of a detector against two, with the gateway's own client, which gives them calls in turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from bench.scaling.cpu import cpu_s
from bench.scaling.processes import Running, running
from gateway.backends.av_sync import AvSyncBackend
from gateway.backends.image import ImageBackend
from gateway.backends.metadata import MetadataBackend
from gateway.backends.temporal import TemporalBackend
from gateway.making.detect import Inquiry
from gateway.making.faces import Faces
from kit.media.file import MediaFile
from kit.rpc.channel import open_aio_channel
from telltale.common.v1 import media_pb2

BACKENDS: Final[Mapping[str, type[Any]]] = {
    "image_svc": ImageBackend,
    "temporal_svc": TemporalBackend,
    "av_sync_svc": AvSyncBackend,
    "metadata_svc": MetadataBackend,
}
_CALLERS: Final = 4
_BUDGET_S: Final = 300.0


@dataclass(frozen=True)
class Asked:
    """What a detector is asked, over and over."""

    content: bytes
    info: media_pb2.MediaInfo


@dataclass(frozen=True)
class Load:
    """What so many replicas did.

    Attributes:
        cpu_s: CPU seconds a call, sandboxes included.
        shares: of the CPU seconds by replica: 0.5 each means that both were called alike.
    """

    replicas: int
    calls: int
    calls_hz: float
    cpu_s: float
    shares: list[float]


def measure(service: str, asked: Asked, window_s: float) -> list[Load]:
    """One replica, then two."""
    return [_load(service, asked, replicas, window_s) for replicas in (1, 2)]


def _load(service: str, asked: Asked, replicas: int, window_s: float) -> Load:
    with ExitStack() as stack:
        started = [stack.enter_context(running(service)) for _ in range(replicas)]
        return asyncio.run(_called(service, started, asked, window_s))


async def _called(service: str, replicas: list[Running], asked: Asked, window_s: float) -> Load:
    target = "ipv4:" + ",".join(f"127.0.0.1:{each.port}" for each in replicas)
    async with open_aio_channel(target) as channel:
        backend = BACKENDS[service](channel, target)
        for _ in replicas:
            await _call(backend, asked)  # the first answer of each pays for caches
        before = [cpu_s(each.pid) for each in replicas]
        started_s = time.monotonic()
        calls = sum(await asyncio.gather(*(_again(backend, asked, started_s + window_s) for _ in range(_CALLERS))))
        took_s = time.monotonic() - started_s
        spent = [cpu_s(each.pid) - earlier for each, earlier in zip(replicas, before, strict=True)]
    shares = [each / max(sum(spent), 1e-9) for each in spent]
    return Load(len(replicas), calls, calls / took_s, sum(spent) / calls, shares)


async def _again(backend: Any, asked: Asked, until_s: float) -> int:
    calls = 0
    while time.monotonic() < until_s:
        await _call(backend, asked)
        calls += 1
    return calls


async def _call(backend: Any, asked: Asked) -> None:
    with MediaFile.from_bytes(asked.content) as media:
        faces = Faces()
        faces.give_up()  # who needs them finds them
        inquiry = Inquiry(asked.info, media, media_pb2.DEPTH_STANDARD, _BUDGET_S, faces.to_come)
        async for _ in backend.examine(inquiry):
            pass

"""How much a token may send, counted in memory or in a Redis that gateways share."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.api import httpbody_pb2

from gateway.door.counters import counting
from gateway.door.quotas import open_quotas
from kit.errors import QuotaExceeded, StorageUnavailable, TelltaleError, UndecodableMedia
from kit.rpc.channel import open_channel
from kit.rpc.status import from_rpc_error
from telltale.gateway.v1 import media_service_pb2, media_service_pb2_grpc
from tests.support.gateway import BROKEN, PHOTO, Headers, World, refusal, running_gateway
from tests.support.redis import running_redis

LIST = media_service_pb2.ListMediaRequest()


async def stored(world: World) -> int:
    return len((await world.media.ListMedia(LIST, metadata=world.headers)).media)


async def test_what_is_above_the_quota_is_refused_with_a_pause_and_not_stored(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, byte_quota=f"{2 * len(PHOTO)}/day") as world:
        await world.upload()
        await world.analyze()
        error = await refusal(world.upload())
        assert isinstance(error, QuotaExceeded)
        assert error.retry_after_s is not None
        assert 0 < error.retry_after_s <= 2 * 86_400
        assert await stored(world) == 2
        await world.upload(headers=await world.headers_for())


async def test_a_huge_upload_ends_where_the_quota_does_and_costs_nothing(tmp_path: Path) -> None:
    def endless() -> Iterator[media_service_pb2.UploadMediaRequest]:
        while True:
            yield media_service_pb2.UploadMediaRequest(file=httpbody_pb2.HttpBody(data=bytes(400)))

    def send(target: str, headers: Headers) -> TelltaleError:
        # A sync call: one of grpc.aio that is refused while it sends may read as INTERNAL (grpc issue 36066).
        with open_channel(target) as channel:
            stub = media_service_pb2_grpc.MediaServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
            with pytest.raises(grpc.RpcError) as refused:
                stub.UploadMedia(endless(), metadata=headers, timeout=30)
        return from_rpc_error(refused.value)

    async with running_gateway(tmp_path, byte_quota="1000/day") as world:
        error = await asyncio.to_thread(send, f"127.0.0.1:{world.port}", world.headers)
        assert isinstance(error, QuotaExceeded)
        await world.upload(PHOTO.ljust(1000))


async def test_a_refused_file_has_cost_its_bytes_and_an_equal_request_costs_nothing(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, byte_quota=f"{len(BROKEN) + len(PHOTO)}/day") as world:
        assert isinstance(await refusal(world.upload(BROKEN)), UndecodableMedia)
        key = "0f8fad5b-d9cb-469f-a165-70867728950e"
        first = await world.upload(request_id=key)
        assert isinstance(await refusal(world.upload()), QuotaExceeded)
        assert await stored(world) == 1
        assert first.name


async def test_two_gateways_on_one_redis_share_one_budget(tmp_path: Path) -> None:
    with running_redis(tmp_path) as redis:
        async with counting(redis.url) as here, counting(redis.url) as there:
            first, second = (open_quotas(counters, "100/day", "10/hour") for counters in (here, there))
            await first.charge_bytes("t1", 60)
            assert await second.byte_room("t1", 0) == 40
            with pytest.raises(QuotaExceeded) as refused:
                await second.charge_bytes("t1", 50)
            assert refused.value.retry_after_s == pytest.approx(86_400 * 7 / 6, rel=0.01)
            await second.charge_bytes("t1", 40)
            await second.charge_media("t1", 9.5)
            with pytest.raises(QuotaExceeded):
                await first.charge_media("t1", 1)


async def test_without_its_redis_a_gateway_lets_nobody_in_and_afterwards_everybody(tmp_path: Path) -> None:
    with running_redis(tmp_path) as redis:
        async with running_gateway(tmp_path / "gateway", rate_storage_url=redis.url) as world:
            await world.upload()
            os.kill(redis.process.pid, signal.SIGSTOP)
            await _refused_for_now(world)
            os.kill(redis.process.pid, signal.SIGCONT)
            assert await stored(world) == 1
            redis.stop()
            await _refused_for_now(world)


async def _refused_for_now(world: World) -> None:
    error = await refusal(world.media.ListMedia(LIST, metadata=world.headers))
    assert isinstance(error, StorageUnavailable)
    assert error.retry_after_s is not None

"""Who probes the models, as a whole gateway sees it: variants of one picture, and tokens that are tried out."""

from __future__ import annotations

import asyncio
from pathlib import Path

from redis.asyncio import Redis
from sqlalchemy import select

from gateway.door.counters import counting
from gateway.probing.resemblance import open_near_duplicates
from gateway.probing.watch import NOTICED
from gateway.storage.database import open_database
from gateway.storage.tables import audit
from kit.errors import InvalidToken, TooManyNearDuplicates
from kit.telemetry import exposition
from telltale.gateway.v1 import media_service_pb2, resources_pb2
from tests.support.gateway import LOOKS, PHOTO, World, bearer, refusal, running_gateway
from tests.support.redis import running_redis

LIST = media_service_pb2.ListMediaRequest()


def variant(number: int, looks: int = 0x0123456789ABCDEF) -> bytes:
    return PHOTO + LOOKS + f"{looks:016x} {number}".encode()


async def guess_tokens(world: World, times: int) -> None:
    for number in range(times):
        headers = bearer(f"tt_guess{number}")
        assert isinstance(await refusal(world.media.ListMedia(LIST, metadata=headers)), InvalidToken)


async def noticed(folder: Path) -> list[tuple[str, bool]]:
    """Patterns in the audit log, and whether a token is named."""
    query = select(audit.c.outcome, audit.c.token_id).where(audit.c.method == NOTICED)
    async with (
        open_database(f"sqlite+aiosqlite:///{folder / 'telltale.db'}") as database,
        database.reading() as connection,
    ):
        return [(row.outcome, bool(row.token_id)) for row in await connection.execute(query)]


async def test_too_many_variants_of_one_picture_are_refused_with_a_pause(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, near_duplicate_budget="3/hour") as world:
        for number in range(3):
            await world.upload(variant(number))
        refused = await refusal(world.upload(variant(4)))
        assert isinstance(refused, TooManyNearDuplicates)
        assert refused.retry_after_s is not None
        assert 3_000 < refused.retry_after_s <= 3_600
        await world.upload(variant(0))  # Nothing is learned from the same bytes.
        await world.upload(variant(5, looks=0xFEDCBA9876543210))
        assert 'telltale_gateway_near_duplicates_total{outcome="refused"}' in exposition()


async def test_variants_that_are_to_be_judged_at_once_are_refused_too(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, near_duplicate_budget="1/hour") as world:
        await world.analyze(variant(1))
        assert isinstance(await refusal(world.analyze(variant(2))), TooManyNearDuplicates)


async def test_another_token_has_a_budget_of_its_own(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, near_duplicate_budget="1/hour") as world:
        await world.upload(variant(1))
        await world.upload(variant(2), headers=await world.headers_for(owner="bob"))


async def test_tokens_that_are_tried_out_are_written_into_the_audit_log(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await guess_tokens(world, 51)
        assert await noticed(tmp_path) == [("GUESSED_TOKENS", False)]


async def test_calls_are_counted_by_method_and_outcome(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await guess_tokens(world, 1)
        told = [line for line in exposition().splitlines() if line.startswith("telltale_gateway_calls_total")]
        assert any('method="ListMedia",outcome="INVALID_TOKEN"' in line for line in told)
        assert not any(word in line for line in told for word in ("alice", world.headers[0][1]))


async def test_variants_that_come_all_at_once_have_the_same_budget(tmp_path: Path) -> None:
    with running_redis(tmp_path) as redis:
        async with running_gateway(
            tmp_path / "state", near_duplicate_budget="3/hour", rate_storage_url=redis.url
        ) as world:
            sent = [world.upload(variant(number)) for number in range(20)]
            answers = await asyncio.gather(*sent, return_exceptions=True)
    assert sum(isinstance(answer, resources_pb2.Media) for answer in answers) == 3


async def test_gateways_on_one_redis_count_together_and_it_learns_no_hash(tmp_path: Path) -> None:
    with running_redis(tmp_path) as redis:
        async with counting(redis.url) as here, counting(redis.url) as there:
            for number, counters in enumerate((here, there)):
                found = await open_near_duplicates(counters, "5/hour", b"k" * 32).count("alice", str(number), 0x1234)
                assert (found.alike, found.same) == (number, number)
        async with Redis.from_url(redis.url.removeprefix("async+")) as looking:
            names = " ".join([key.decode() async for key in looking.scan_iter()])
    assert names
    assert not any(word in names for word in ("alice", f"{0x1234:016x}"))

"""How often somebody may call, and what the log says of it. Who may do what: see test_access_matrix.py."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.api import httpbody_pb2
from structlog.testing import capture_logs

from gateway.door.tokens import Scope
from kit.errors import (
    InvalidToken,
    MissingToken,
    NotFound,
    Overloaded,
    RateLimited,
)
from kit.sealing.keys import SigningKey
from telltale.gateway.v1 import (
    analysis_service_pb2,
    key_service_pb2,
    media_service_pb2,
    web_service_pb2,
)
from tests.support.gateway import PHOTO, bearer, refusal, running_gateway

LIST = media_service_pb2.ListMediaRequest()


@pytest.mark.parametrize("value", ["", "Bearer ", "Basic dXNlcjpwdw==", "tt_x"])
async def test_a_header_without_a_bearer_token_is_no_token(tmp_path: Path, value: str) -> None:
    async with running_gateway(tmp_path) as world:
        assert isinstance(await refusal(world.media.ListMedia(LIST, metadata=[("authorization", value)])), MissingToken)


async def test_the_token_is_checked_before_the_body_is_read(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:

        def endless() -> Iterator[media_service_pb2.UploadMediaRequest]:
            while True:
                yield media_service_pb2.UploadMediaRequest(file=httpbody_pb2.HttpBody(data=PHOTO))

        error = await refusal(world.media.UploadMedia(endless(), metadata=bearer("tt_unknown")))
        assert isinstance(error, InvalidToken)


async def test_calls_above_the_rate_are_refused_with_the_pause_to_make(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, write_rate="2/minute") as world:
        await world.analyze()
        await world.upload()
        error = await refusal(world.analyze())
        assert isinstance(error, RateLimited)
        assert error.retry_after_s is not None
        assert 0 < error.retry_after_s <= 60
        await world.upload(headers=await world.headers_for())


async def test_a_batch_counts_as_many_calls_as_it_has_orders(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, write_rate="3/minute") as world:
        media = await world.upload()
        orders = [analysis_service_pb2.CreateAnalysisRequest(media=media.name) for _ in range(3)]
        batch = analysis_service_pb2.BatchCreateAnalysesRequest(requests=orders)
        refused = await refusal(world.analysis.BatchCreateAnalyses(batch, metadata=world.headers))
        assert isinstance(refused, RateLimited)
        del batch.requests[0]
        await world.analysis.BatchCreateAnalyses(batch, metadata=world.headers)


async def test_reading_has_a_rate_of_its_own(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, read_rate="1/minute") as world:
        await world.media.ListMedia(LIST, metadata=world.headers)
        assert isinstance(await refusal(world.media.ListMedia(LIST, metadata=world.headers)), RateLimited)
        await world.upload()


async def test_calls_above_the_number_at_once_are_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_concurrent_calls=1) as world:
        image = world.backends.image
        image.go_on.clear()
        first = asyncio.ensure_future(world.analyze())
        await image.started.wait()
        assert isinstance(await refusal(world.media.ListMedia(LIST, metadata=world.headers)), Overloaded)
        image.go_on.set()
        await first
        await world.media.ListMedia(LIST, metadata=world.headers)


async def test_every_call_is_logged_by_token_id_and_never_by_secret(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        made = await world.gateway.tokens.create("alice", [Scope.ANALYZE])
        with capture_logs() as lines:
            await world.upload(headers=bearer(made.secret), display_name="secret name.jpg")
            await refusal(world.media.ListMedia(LIST, metadata=bearer(made.secret)))
        calls = [(line["method"], line["outcome"], line["received_bytes"]) for line in lines if line["event"] == "call"]
        assert calls == [("UploadMedia", "OK", len(PHOTO)), ("ListMedia", "INSUFFICIENT_SCOPE", 0)]
        assert {line["token_id"] for line in lines if line["event"] == "call"} == {made.token.token_id}
        assert made.secret not in str(lines)
        assert "secret name" not in str(lines)


async def test_the_keys_need_no_token(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [key] = (await world.keys.ListSigningKeys(key_service_pb2.ListSigningKeysRequest())).keys
        assert (key.algorithm, len(key.public_key)) == ("Ed25519", 32)


async def test_keys_that_signed_before_are_told_behind_the_one_in_use(tmp_path: Path) -> None:
    old, public = SigningKey.create(tmp_path / "old.pem"), tmp_path / "old.pub.pem"
    public.write_bytes(old.public_pem())
    async with running_gateway(tmp_path, retired_keys=(public,)) as world:
        new, retired = (await world.keys.ListSigningKeys(key_service_pb2.ListSigningKeysRequest())).keys
        assert retired == old.described()
        assert new.key_id != old.key_id


async def test_the_page_needs_no_token(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        page = (await world.web.GetPage(web_service_pb2.GetPageRequest())).file
        assert page.content_type.startswith("text/html")
        assert b"<html" in page.data
        missing = await refusal(world.web.GetAsset(web_service_pb2.GetAssetRequest(name="nothing.js")))
        assert isinstance(missing, NotFound)

"""Who may do what, how often, and what the log says of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.api import httpbody_pb2
from structlog.testing import capture_logs

from gateway.tokens import Scope
from kit.errors import (
    ExpiredToken,
    InsufficientScope,
    InvalidToken,
    MissingToken,
    NotFound,
    Overloaded,
    RateLimited,
    TelltaleError,
)
from kit.rpc.status import from_rpc_error
from kit.sealing.keys import SigningKey
from telltale.gateway.v1 import (
    analysis_service_pb2,
    feedback_service_pb2,
    key_service_pb2,
    media_service_pb2,
    resources_pb2,
    share_service_pb2,
    web_service_pb2,
)
from tests.support.gateway import PHOTO, Headers, World, bearer, refusal, running_gateway

ID = "0" * 26
ANALYSES, MAPS = f"analyses/{ID}", f"analyses/{ID}/maps/frequency"
FEEDBACK = f"analyses/{ID}/feedback"
READS = {
    "GetMedia": media_service_pb2.GetMediaRequest(name=f"media/{ID}"),
    "DownloadMedia": media_service_pb2.DownloadMediaRequest(name=f"media/{ID}"),
    "ListMedia": media_service_pb2.ListMediaRequest(),
    "GetAnalysis": analysis_service_pb2.GetAnalysisRequest(name=ANALYSES),
    "ListAnalyses": analysis_service_pb2.ListAnalysesRequest(),
    "GetReport": analysis_service_pb2.GetReportRequest(name=ANALYSES),
    "GetMap": analysis_service_pb2.GetMapRequest(name=MAPS),
    "ListShares": share_service_pb2.ListSharesRequest(parent=ANALYSES),
    "GetFeedback": feedback_service_pb2.GetFeedbackRequest(name=FEEDBACK),
    "ListFeedback": feedback_service_pb2.ListFeedbackRequest(),
}
WRITES = {
    "DeleteMedia": media_service_pb2.DeleteMediaRequest(name=f"media/{ID}"),
    "DeleteAnalysis": analysis_service_pb2.DeleteAnalysisRequest(name=ANALYSES),
    "AnalyzeStoredMedia": analysis_service_pb2.AnalyzeStoredMediaRequest(name=f"media/{ID}"),
    "CreateShare": share_service_pb2.CreateShareRequest(parent=ANALYSES),
    "DeleteShare": share_service_pb2.DeleteShareRequest(name=f"{ANALYSES}/shares/{ID}"),
    "SetFeedback": feedback_service_pb2.SetFeedbackRequest(
        feedback=resources_pb2.Feedback(name=FEEDBACK, truth=resources_pb2.TRUTH_AUTHENTIC)
    ),
    "DeleteFeedback": feedback_service_pb2.DeleteFeedbackRequest(name=FEEDBACK),
    "UploadMedia": None,
    "AnalyzeMedia": None,
}


async def test_no_call_goes_without_a_token(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert await _outcomes(world, [], READS | WRITES) == {MissingToken}


@pytest.mark.parametrize("value", ["", "Bearer ", "Basic dXNlcjpwdw==", "tt_x"])
async def test_a_header_without_a_bearer_token_is_no_token(tmp_path: Path, value: str) -> None:
    async with running_gateway(tmp_path) as world:
        assert await _outcomes(world, [("authorization", value)], {"ListMedia": READS["ListMedia"]}) == {MissingToken}


async def test_no_call_takes_an_unknown_token(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert await _outcomes(world, bearer("tt_unknown"), READS | WRITES) == {InvalidToken}


async def test_no_call_takes_an_expired_token(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        headers = await world.headers_for(lifetime=timedelta(seconds=5))
        world.clock.advance(5)
        assert await _outcomes(world, headers, READS | WRITES) == {ExpiredToken}


async def test_no_call_takes_a_revoked_token(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        made = await world.gateway.tokens.create("alice", [Scope.ADMIN])
        await world.gateway.tokens.revoke(made.token.token_id)
        assert await _outcomes(world, bearer(made.secret), READS | WRITES) == {InvalidToken}


async def test_reading_and_analyzing_are_separate_scopes(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert await _outcomes(world, await world.headers_for(Scope.READ), WRITES) == {InsufficientScope}
        assert await _outcomes(world, await world.headers_for(Scope.ANALYZE), READS) == {InsufficientScope}


async def test_admin_may_do_everything(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        outcomes = await _outcomes(world, await world.headers_for(Scope.ADMIN), READS | WRITES)
        assert outcomes == {NotFound, None}


async def test_nobody_sees_what_is_somebody_elses(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        to_share = share_service_pb2.CreateShareRequest(parent=analysis.name)
        share = await world.shares.CreateShare(to_share, metadata=world.headers)
        said = resources_pb2.Feedback(name=f"{analysis.name}/feedback", truth=resources_pb2.TRUTH_AUTHENTIC)
        to_say = feedback_service_pb2.SetFeedbackRequest(feedback=said)
        await world.feedback.SetFeedback(to_say, metadata=world.headers)
        other = await world.headers_for(owner="bob")
        calls = {
            "GetMedia": media_service_pb2.GetMediaRequest(name=analysis.media),
            "DeleteMedia": media_service_pb2.DeleteMediaRequest(name=analysis.media),
            "AnalyzeStoredMedia": analysis_service_pb2.AnalyzeStoredMediaRequest(name=analysis.media),
            "GetAnalysis": analysis_service_pb2.GetAnalysisRequest(name=analysis.name),
            "DeleteAnalysis": analysis_service_pb2.DeleteAnalysisRequest(name=analysis.name),
            "GetReport": analysis_service_pb2.GetReportRequest(name=analysis.name),
            "GetMap": analysis_service_pb2.GetMapRequest(name=analysis.maps[0].name),
            "CreateShare": to_share,
            "ListShares": share_service_pb2.ListSharesRequest(parent=analysis.name),
            "DeleteShare": share_service_pb2.DeleteShareRequest(name=share.name),
            "SetFeedback": to_say,
            "GetFeedback": feedback_service_pb2.GetFeedbackRequest(name=said.name),
            "DeleteFeedback": feedback_service_pb2.DeleteFeedbackRequest(name=said.name),
        }
        assert await _outcomes(world, other, calls) == {NotFound}
        assert list((await world.media.ListMedia(READS["ListMedia"], metadata=other)).media) == []
        assert list((await world.analysis.ListAnalyses(READS["ListAnalyses"], metadata=other)).analyses) == []
        assert list((await world.feedback.ListFeedback(READS["ListFeedback"], metadata=other)).feedback) == []


async def test_every_method_of_the_contracts_is_under_test_here(tmp_path: Path) -> None:
    open_to_all = {"GetPage", "GetAsset", "ListSigningKeys"}
    by_link = {"GetSharedAnalysis", "GetSharedMap", "GetSharedReport", "DownloadSharedMedia"}
    async with running_gateway(tmp_path) as world:
        methods = {method.name for service in world.gateway.services for method in service.descriptor.methods}
    assert methods - open_to_all - by_link == {*READS, *WRITES}


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


async def test_reading_has_a_rate_of_its_own(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, read_rate="1/minute") as world:
        await world.media.ListMedia(READS["ListMedia"], metadata=world.headers)
        assert isinstance(await refusal(world.media.ListMedia(READS["ListMedia"], metadata=world.headers)), RateLimited)
        await world.upload()


async def test_calls_above_the_number_at_once_are_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_concurrent_calls=1) as world:
        image = world.backends.image
        image.go_on.clear()
        first = asyncio.ensure_future(world.analyze())
        await image.started.wait()
        assert isinstance(await refusal(world.media.ListMedia(READS["ListMedia"], metadata=world.headers)), Overloaded)
        image.go_on.set()
        await first
        await world.media.ListMedia(READS["ListMedia"], metadata=world.headers)


async def test_every_call_is_logged_by_token_id_and_never_by_secret(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        made = await world.gateway.tokens.create("alice", [Scope.ANALYZE])
        with capture_logs() as lines:
            await world.upload(headers=bearer(made.secret), display_name="secret name.jpg")
            await refusal(world.media.ListMedia(READS["ListMedia"], metadata=bearer(made.secret)))
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


async def _outcomes(world: World, headers: Headers, calls: dict[str, Any]) -> set[type[TelltaleError] | None]:
    return {await _outcome(world, headers, method, request) for method, request in calls.items()}


async def _outcome(world: World, headers: Headers, method: str, request: Any) -> type[TelltaleError] | None:
    try:
        await _call(world, headers, method, request)
    except grpc.aio.AioRpcError as error:
        return type(from_rpc_error(error))
    return None


async def _call(world: World, headers: Headers, method: str, request: Any) -> Any:
    if request is None:
        return await (world.upload if method == "UploadMedia" else world.analyze)(headers=headers)
    stubs = (world.media, world.analysis, world.shares, world.feedback)
    stub = next(stub for stub in stubs if hasattr(stub, method))
    call = getattr(stub, method)(request, metadata=headers)
    return [answer async for answer in call] if hasattr(call, "read") else await call

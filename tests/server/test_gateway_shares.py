"""Links: what they open, for whom, and for how long."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from google.protobuf import duration_pb2
from sqlalchemy import text
from structlog.testing import capture_logs

from gateway.door.visitors import CLIENT_ADDRESS
from gateway.storage.database import open_database
from gateway.views.sharing import MAX_LIVE
from kit.errors import InvalidRequest, NotFound, RateLimited, TelltaleError
from telltale.gateway.v1 import (
    analysis_service_pb2,
    media_service_pb2,
    resources_pb2,
    share_service_pb2,
)
from tests.support.gateway import PHOTO, World, refusal, running_gateway

WRONG = "x" * 43


async def test_a_link_opens_the_analysis_without_a_token(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze(request_id="0b8bb6a0-5a0f-4a0b-9d30-2f0e0a4d9c11")
        share = await _share(world, analysis)
        shown = await _open(world, share.secret)
        assert (shown.name, shown.verdict, shown.info) == (analysis.name, analysis.verdict, analysis.info)
        assert (shown.media, shown.request_id) == ("", "")


async def test_maps_of_a_shared_analysis_have_names_that_the_link_opens(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        share = await _share(world, analysis)
        [shown] = (await _open(world, share.secret)).maps
        assert shown.name == f"shared/{share.secret}/maps/noise_residual"
        request = share_service_pb2.GetSharedMapRequest(secret=share.secret, cue=shown.cue)
        file = (await world.shares.GetSharedMap(request)).file
        assert file.content_type == "image/png"
        png = cv2.imdecode(np.frombuffer(file.data, np.uint8), cv2.IMREAD_UNCHANGED)
        assert png is not None
        assert png.shape == (48, 64, 4)


async def test_the_report_of_a_link_is_the_owners(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        share = await _share(world, analysis)
        shared = await world.shares.GetSharedReport(share_service_pb2.GetSharedReportRequest(secret=share.secret))
        request = analysis_service_pb2.GetReportRequest(name=analysis.name)
        assert shared.file == (await world.analysis.GetReport(request, metadata=world.headers)).file


async def test_the_file_comes_only_with_a_link_that_allows_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        with_media, without = await _share(world, analysis, with_media=True), await _share(world, analysis)
        assert b"".join(await _download(world, with_media.secret)) == PHOTO
        assert isinstance(await refusal(_download(world, without.secret)), NotFound)


async def test_whatever_a_link_does_not_open_is_refused_in_the_same_words(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        ended, expired, poor = [await _share(world, analysis, seconds=s) for s in (3600, 60, 3600)]
        await world.shares.DeleteShare(share_service_pb2.DeleteShareRequest(name=ended.name), metadata=world.headers)
        world.clock.advance(60)
        refused = [await refusal(_open(world, secret)) for secret in (WRONG, ended.secret, expired.secret)]
        refused += [await refusal(_download(world, secret)) for secret in (WRONG, ended.secret, poor.secret)]
        no_map = share_service_pb2.GetSharedMapRequest(secret=poor.secret, cue="frequency")
        refused.append(await refusal(world.shares.GetSharedMap(no_map)))
        assert {(type(error), error.message, str(error.details)) for error in refused} == {_facts(refused[0])}
        assert isinstance(refused[0], NotFound)


async def test_a_link_lives_a_week_and_never_longer_than_its_media(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, media_retention_h=24 * 8) as world:
        [analysis] = await world.analyze()
        now = world.clock.now()
        assert await _life(world, analysis) == timedelta(days=7)
        assert await _life(world, analysis, seconds=90) == timedelta(seconds=90)
        assert await _life(world, analysis, seconds=30 * 86400) == timedelta(days=8)
        assert world.clock.now() == now


@pytest.mark.parametrize("seconds", [59, 30 * 86400 + 1])
async def test_a_life_outside_the_range_is_refused(tmp_path: Path, seconds: int) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        assert isinstance(await refusal(_share(world, analysis, seconds=seconds)), InvalidRequest)


async def test_links_are_listed_newest_first_without_secrets_until_they_expire(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        made = []
        for seconds in (61, 3600, 3600):
            made.append(await _share(world, analysis, seconds=seconds))
            world.clock.advance(20)
        listed = await _listed(world, analysis)
        assert [share.name for share in listed] == [share.name for share in made[::-1]]
        assert {share.secret for share in listed} == {""}
        world.clock.advance(20)
        assert [share.name for share in await _listed(world, analysis)] == [made[2].name, made[1].name]


async def test_an_analysis_has_a_bounded_number_of_links(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        made = [await _share(world, analysis, seconds=60 if n == 0 else 3600) for n in range(MAX_LIVE)]
        assert len({share.secret for share in made}) == MAX_LIVE
        assert isinstance(await refusal(_share(world, analysis)), InvalidRequest)
        world.clock.advance(60)
        await _share(world, analysis)


async def test_only_what_has_a_verdict_can_be_shared(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, fusion_budget_s=0.1) as world:
        world.backends.fusion.go_on.clear()
        failed = (await refusal(world.analyze())).details["analysis"]
        assert isinstance(await refusal(_share(world, resources_pb2.Analysis(name=failed))), NotFound)


async def test_links_go_with_the_analysis_and_with_the_media(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        for delete in (_delete_analysis, _delete_media):
            [analysis] = await world.analyze()
            share = await _share(world, analysis)
            await delete(world, analysis)
            assert isinstance(await refusal(_open(world, share.secret)), NotFound)
        assert await _rows(world, tmp_path) == 0


async def test_expired_links_are_swept(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        for seconds in (60, 3600):
            await _share(world, analysis, seconds=seconds)
        world.clock.advance(60)
        await world.gateway.janitor.sweep()
        assert await _rows(world, tmp_path) == 1


async def test_the_secret_is_neither_stored_nor_logged(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        with capture_logs() as lines:
            share = await _share(world, analysis)
            await _open(world, share.secret)
            await refusal(_open(world, WRONG))
        calls = [(line["method"], line["outcome"], line["owner"], line.get("share")) for line in lines]
        assert calls[1:] == [
            ("GetSharedAnalysis", "OK", "alice", share.name),
            ("GetSharedAnalysis", "NOT_FOUND", "", None),
        ]
        assert share.secret not in str(lines)
        assert WRONG not in str(lines)
        assert all(share.secret.encode() not in file.read_bytes() for file in tmp_path.glob("telltale.db*"))


async def test_visitors_are_limited_by_where_they_come_from(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, visitor_rate="2/minute") as world:
        [analysis] = await world.analyze()
        share = await _share(world, analysis)
        there, elsewhere = [(CLIENT_ADDRESS, "192.0.2.1")], [(CLIENT_ADDRESS, "192.0.2.2")]
        await refusal(_open(world, WRONG, there))
        await _open(world, share.secret, there)
        error = await refusal(_open(world, share.secret, there))
        assert isinstance(error, RateLimited)
        assert 0 < (error.retry_after_s or 0) <= 60
        await _open(world, share.secret, elsewhere)
        await _open(world, share.secret)


async def test_reports_and_files_count_for_more(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, visitor_rate="11/minute") as world:
        [analysis] = await world.analyze()
        share = await _share(world, analysis, with_media=True)
        await _download(world, share.secret)
        request = share_service_pb2.GetSharedReportRequest(secret=share.secret)
        assert isinstance(await refusal(world.shares.GetSharedReport(request)), RateLimited)
        await _open(world, share.secret)


async def test_who_is_not_our_envoy_cannot_claim_an_address(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, visitor_rate="1/minute", trusted_proxies=()) as world:
        await refusal(_open(world, WRONG, [(CLIENT_ADDRESS, "192.0.2.1")]))
        assert isinstance(await refusal(_open(world, WRONG, [(CLIENT_ADDRESS, "192.0.2.2")])), RateLimited)


def _facts(error: TelltaleError) -> tuple[type[TelltaleError], str, str]:
    return type(error), error.message, str(error.details)


async def _share(
    world: World, analysis: resources_pb2.Analysis, *, seconds: int | None = None, with_media: bool = False
) -> resources_pb2.Share:
    request = share_service_pb2.CreateShareRequest(parent=analysis.name, with_media=with_media)
    if seconds is not None:
        request.time_to_live.CopyFrom(duration_pb2.Duration(seconds=seconds))
    share: resources_pb2.Share = await world.shares.CreateShare(request, metadata=world.headers)
    return share


async def _life(world: World, analysis: resources_pb2.Analysis, **more: Any) -> timedelta:
    share = await _share(world, analysis, **more)
    return share.expire_time.ToDatetime() - share.create_time.ToDatetime()


async def _listed(world: World, analysis: resources_pb2.Analysis) -> list[resources_pb2.Share]:
    request = share_service_pb2.ListSharesRequest(parent=analysis.name)
    return list((await world.shares.ListShares(request, metadata=world.headers)).shares)


async def _open(world: World, secret: str, metadata: Any = ()) -> resources_pb2.Analysis:
    request = share_service_pb2.GetSharedAnalysisRequest(secret=secret)
    analysis: resources_pb2.Analysis = await world.shares.GetSharedAnalysis(request, metadata=metadata)
    return analysis


async def _download(world: World, secret: str) -> list[bytes]:
    call = world.shares.DownloadSharedMedia(share_service_pb2.DownloadSharedMediaRequest(secret=secret))
    return [piece.data async for piece in call]


async def _delete_analysis(world: World, analysis: resources_pb2.Analysis) -> None:
    request = analysis_service_pb2.DeleteAnalysisRequest(name=analysis.name)
    await world.analysis.DeleteAnalysis(request, metadata=world.headers)


async def _delete_media(world: World, analysis: resources_pb2.Analysis) -> None:
    await world.media.DeleteMedia(media_service_pb2.DeleteMediaRequest(name=analysis.media), metadata=world.headers)


async def _rows(world: World, folder: Path) -> int:
    async with open_database(f"sqlite+aiosqlite:///{folder}/telltale.db") as database, database.reading() as rows:
        return int(await rows.scalar(text("SELECT count(*) FROM shares")) or 0)

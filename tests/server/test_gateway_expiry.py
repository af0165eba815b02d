"""Media go when their time is over, whatever becomes of those who delete them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from google.protobuf.duration_pb2 import Duration

from gateway.storage.blobs import BlobStore, open_blobs
from kit.errors import InvalidRequest, NotFound, StorageUnavailable
from telltale.gateway.v1 import (
    analysis_service_pb2,
    feedback_service_pb2,
    media_service_pb2,
    resources_pb2,
    share_service_pb2,
)
from tests.support.clock import FakeClock
from tests.support.gateway import VIDEO, World, refusal, running_gateway

MINUTE = Duration(seconds=60)


class Breaking:
    """A store that breaks at a deletion, as often as it is told to: as a crash would, it leaves everything as it is then."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self.works = 10**6

    def put(self, key: str, size_bytes: int, chunks: Iterable[bytes]) -> None:
        self._blobs.put(key, size_bytes, chunks)

    def chunks(self, key: str) -> Generator[bytes, None, None]:
        return self._blobs.chunks(key)

    def keys(self) -> Sequence[str]:
        return self._blobs.keys()

    def delete(self, key: str) -> bool:
        self.works -= 1
        if self.works < 0:
            raise StorageUnavailable("the store is away")
        return self._blobs.delete(key)


def breaking(folder: Path) -> Breaking:
    return Breaking(open_blobs(f"file://{folder}/media", 2**30, FakeClock()))


async def test_the_sender_may_want_less_than_the_operator_and_never_more(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, media_retention_h=1) as world:
        short, long = [await world.upload(time_to_live=Duration(seconds=life)) for life in (60, 7200)]
        [analysis] = await world.analyze(time_to_live=MINUTE)
        of_analysis = await world.media.GetMedia(
            media_service_pb2.GetMediaRequest(name=analysis.media), metadata=world.headers
        )
        lives = [each.expire_time.seconds - each.create_time.seconds for each in (short, long, of_analysis)]
        assert lives == [60, 3600, 60]


@pytest.mark.parametrize("life", [Duration(seconds=59), Duration(seconds=31536001), Duration(seconds=-60)])
async def test_a_life_out_of_bounds_is_refused(tmp_path: Path, life: Duration) -> None:
    async with running_gateway(tmp_path) as world:
        assert isinstance(await refusal(world.upload(time_to_live=life)), InvalidRequest)


async def test_what_has_expired_is_not_found_before_the_janitor_comes(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze(time_to_live=MINUTE)
        share = await world.shares.CreateShare(
            share_service_pb2.CreateShareRequest(parent=analysis.name, with_media=True), metadata=world.headers
        )
        world.clock.advance(60)
        for call in _looks(world, analysis, share.secret):
            assert isinstance(await refusal(call), NotFound)
        listed = await world.media.ListMedia(media_service_pb2.ListMediaRequest(), metadata=world.headers)
        judged = await world.analysis.ListAnalyses(analysis_service_pb2.ListAnalysesRequest(), metadata=world.headers)
        assert (len(listed.media), len(judged.analyses)) == (0, 0)


async def test_a_janitor_that_breaks_off_anywhere_leaves_nothing_for_good(tmp_path: Path) -> None:
    blobs = breaking(tmp_path)
    async with running_gateway(tmp_path, blobs, media_retention_h=1) as world:
        for works in range(6):
            [analysis] = await world.analyze()
            world.clock.advance(3600)
            blobs.works = works
            await world.gateway.janitor.sweep()
            blobs.works = 10**6
            await world.gateway.janitor.sweep()
            await world.gateway.janitor.sweep_orphans()
            assert (list(blobs.keys()), world.engine.known()) == ([], set())
            assert isinstance(await refusal(_get(world, analysis)), NotFound)


async def test_a_row_that_nobody_can_read_does_not_keep_the_janitor_from_others(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, media_retention_h=1) as world:
        unreadable, *others = [(await world.upload()).name.removeprefix("media/") for _ in range(3)]
        with closing(sqlite3.connect(tmp_path / "telltale.db")) as database, database:
            database.execute("UPDATE media SET document = x'ff' WHERE id = ?", (unreadable,))
        world.clock.advance(3600)
        assert await world.gateway.janitor.sweep() == len(others)
        assert list(world.blobs.keys()) == [unreadable]


async def test_a_deletion_that_breaks_off_is_begun_again_by_asking_again(tmp_path: Path) -> None:
    blobs = breaking(tmp_path)
    async with running_gateway(tmp_path, blobs) as world:
        [analysis] = await world.analyze()
        request = media_service_pb2.DeleteMediaRequest(name=analysis.media)
        blobs.works = 1
        assert isinstance(await refusal(world.media.DeleteMedia(request, metadata=world.headers)), StorageUnavailable)
        blobs.works = 10**6
        receipt = (await world.media.DeleteMedia(request, metadata=world.headers)).receipt
        assert (receipt.media_sha256, list(blobs.keys())) == (analysis.info.sha256, [])


async def test_a_receipt_is_not_lost_with_a_store_that_goes_away_behind_the_deletion(tmp_path: Path) -> None:
    blobs = breaking(tmp_path)
    async with running_gateway(tmp_path, blobs) as world:
        [analysis] = await world.analyze()
        blobs.works = len(blobs.keys())
        request = media_service_pb2.DeleteMediaRequest(name=analysis.media)
        receipt = (await world.media.DeleteMedia(request, metadata=world.headers)).receipt
        assert ({"file", "evidence"} <= set(receipt.artefacts), list(blobs.keys())) == (True, [])


async def test_several_janitors_at_once_do_no_harm(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, media_retention_h=1) as world:
        for _ in range(5):
            await world.analyze()
        world.clock.advance(3600)
        [young] = await world.analyze()
        sweeps = await asyncio.gather(*(world.gateway.janitor.sweep() for _ in range(4)))
        assert max(sweeps) <= 5
        assert await _get(world, young) == young
        assert len(world.blobs.keys()) == 2


async def test_media_deleted_while_they_are_judged_are_gone_for_good(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.temporal.go_on.clear()
        watching = asyncio.ensure_future(world.analyze(VIDEO))
        await world.backends.temporal.started.wait()
        [media] = (await world.media.ListMedia(media_service_pb2.ListMediaRequest(), metadata=world.headers)).media
        request = media_service_pb2.DeleteMediaRequest(name=media.name)
        receipt = (await world.media.DeleteMedia(request, metadata=world.headers)).receipt
        world.backends.temporal.go_on.set()
        assert isinstance(await refusal(watching), NotFound)
        assert {"file", "analysis", "jobs"} <= set(receipt.artefacts)
        assert (list(world.blobs.keys()), world.engine.known()) == ([], set())


def _looks(world: World, analysis: resources_pb2.Analysis, secret: str) -> list[object]:
    mine = {"metadata": world.headers}
    report = analysis_service_pb2.GetReportRequest(name=analysis.name)
    chart = analysis_service_pb2.GetMapRequest(name=analysis.maps[0].name)
    feedback = feedback_service_pb2.SetFeedbackRequest(
        feedback=resources_pb2.Feedback(name=f"{analysis.name}/feedback", truth=resources_pb2.TRUTH_AUTHENTIC)
    )
    download = world.media.DownloadMedia(media_service_pb2.DownloadMediaRequest(name=analysis.media), **mine)
    return [
        world.media.GetMedia(media_service_pb2.GetMediaRequest(name=analysis.media), **mine),
        download.read(),
        _get(world, analysis),
        world.analysis.GetReport(report, **mine),
        world.analysis.GetMap(chart, **mine),
        world.feedback.SetFeedback(feedback, **mine),
        world.create(analysis.media),
        world.shares.ListShares(share_service_pb2.ListSharesRequest(parent=analysis.name), **mine),
        world.shares.GetSharedAnalysis(share_service_pb2.GetSharedAnalysisRequest(secret=secret)),
    ]


async def _get(world: World, analysis: resources_pb2.Analysis) -> resources_pb2.Analysis:
    request = analysis_service_pb2.GetAnalysisRequest(name=analysis.name)
    found: resources_pb2.Analysis = await world.analysis.GetAnalysis(request, metadata=world.headers)
    return found

"""Reports over gRPC: three formats of one signed record."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import grpc
import pypdfium2
import pytest
from google.protobuf import json_format

from gateway.storage.blobs import open_blobs
from kit.errors import NotFound, Overloaded
from kit.sealing.canonical import canonical_json
from kit.sealing.signatures import check
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2
from telltale.report.v1 import report_pb2
from tests.support.clock import FakeClock
from tests.support.gateway import PHOTO, VIDEO, World, refusal, running_gateway

JSON = analysis_service_pb2.REPORT_FORMAT_JSON
HTML = analysis_service_pb2.REPORT_FORMAT_HTML
PDF = analysis_service_pb2.REPORT_FORMAT_PDF


def ask(world: World, name: str, report_format: int = 0, *, headers: object = None) -> object:
    request = analysis_service_pb2.GetReportRequest(name=name, format=report_format)  # type: ignore[arg-type]  # a number
    return world.analysis.GetReport(request, metadata=headers or world.headers)


async def fetched(world: World, analysis: resources_pb2.Analysis, report_format: int = 0) -> tuple[str, str, bytes]:
    """Content type, content disposition and bytes."""
    call = ask(world, analysis.name, report_format)
    answer = await call  # type: ignore[misc]  # grpc ships no types
    headers = dict(await call.initial_metadata())  # type: ignore[attr-defined]  # as above
    return answer.file.content_type, headers["content-disposition"], answer.file.data


@pytest.mark.parametrize("report_format", [0, JSON])
async def test_the_record_is_canonical_and_signed(tmp_path: Path, report_format: int) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        content_type, _, data = await fetched(world, analysis, report_format)
        signed = json_format.Parse(data, report_pb2.SignedReport())
        assert content_type == "application/json"
        assert canonical_json(signed) == data
        check(signed.signature, canonical_json(signed.report))
        assert signed.report.analysis == analysis
        assert len(signed.report.limits) >= 3


async def test_the_record_holds_the_evidence_with_its_maps_and_the_whole_way_of_the_file(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        _, _, data = await fetched(world, analysis)
        report = json_format.Parse(data, report_pb2.SignedReport()).report
        assert any(piece.finding.map.values for piece in report.judged.evidence)
        assert [event.event for event in report.custody] == ["received", "analysis_started", "analysis_completed"]


@pytest.mark.parametrize(
    ("report_format", "ending", "content_type", "start"),
    [
        (JSON, "json", "application/json", b'{"report":{"analysis":'),
        (HTML, "html", "text/html; charset=utf-8", b"<!doctype html>"),
        (PDF, "pdf", "application/pdf", b"%PDF-"),
    ],
)
async def test_each_format_is_a_file_to_keep_under_a_name_of_ours(
    tmp_path: Path, report_format: int, ending: str, content_type: str, start: bytes
) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze(display_name='x"; evil=1.exe')
        found, disposition, data = await fetched(world, analysis, report_format)
        assert (found, data[: len(start)]) == (content_type, start)
        assert disposition == f'attachment; filename="telltale-report-{analysis.info.sha256[:8]}.{ending}"'


async def test_every_format_is_the_same_bytes_again_and_names_the_digest_of_the_record(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        once = [await fetched(world, analysis, each) for each in (JSON, HTML, PDF)]
        world.clock.advance(60)
        assert [await fetched(world, analysis, each) for each in (JSON, HTML, PDF)] == once
        digest = hashlib.sha256(once[0][2]).hexdigest()
        assert digest.encode() in once[1][2]
        document = pypdfium2.PdfDocument(once[2][2])
        page = document[0]
        text = page.get_textpage()
        assert digest in text.get_text_bounded()
        text.close()
        page.close()
        document.close()


async def test_a_page_shows_pictures_of_the_media(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        *_, analysis = await world.analyze(VIDEO)
        assert b"data:image/jpeg" in (await fetched(world, analysis, HTML))[2]


async def test_without_its_file_a_report_says_that_there_are_no_pictures(tmp_path: Path) -> None:
    blobs = open_blobs(f"file://{tmp_path / 'media'}", 2**30, FakeClock())
    async with running_gateway(tmp_path, blobs) as world:
        [analysis] = await world.analyze()
        before = await fetched(world, analysis)
        blobs.delete(analysis.media.removeprefix("media/"))
        page = (await fetched(world, analysis, HTML))[2]
        assert b"no longer stored" in page
        assert b"data:image/jpeg" not in page
        assert await fetched(world, analysis) == before


async def test_a_damaged_file_is_told_without_the_names_of_its_owner(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        (tmp_path / analysis.media).write_bytes(b"other bytes")
        page = (await fetched(world, analysis, HTML))[2]
        assert b"The stored file is damaged" in page
        assert analysis.media.encode() not in page


async def test_a_report_is_not_written_without_its_pictures_for_want_of_a_moment(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, upload_memory_bytes=len(PHOTO)) as world:
        [analysis] = await world.analyze()
        world.backends.image.started.clear()
        world.backends.image.go_on.clear()
        busy = asyncio.ensure_future(world.analyze())
        await world.backends.image.started.wait()
        assert isinstance(await refusal(ask(world, analysis.name, HTML)), Overloaded)
        world.backends.image.go_on.set()
        await busy


async def test_strangers_and_unknown_names_get_nothing(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        stranger = await world.headers_for(owner="mallory")
        assert isinstance(await refusal(ask(world, analysis.name, headers=stranger)), NotFound)
        assert isinstance(await refusal(ask(world, "analyses/" + "0" * 26)), NotFound)


async def test_more_reports_than_may_wait_are_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_reports=1, max_queued_reports=0) as world:
        [analysis] = await world.analyze()
        calls = [ask(world, analysis.name, PDF) for _ in range(6)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)  # type: ignore[call-overload]  # grpc ships no types
        refused = [each for each in outcomes if isinstance(each, grpc.aio.AioRpcError)]
        assert 0 < len(refused) < 6
        assert {each.code() for each in refused} == {Overloaded.status}

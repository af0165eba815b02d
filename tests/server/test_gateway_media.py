"""Files come in, stay for a while under names of ours, and go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

from gateway.ids import new_id
from gateway.storage.blobs import FsspecBlobs
from gateway.storage.evidence import SUFFIX
from gateway.storage.habits import PARTIAL, habits_of, write_beside
from kit.errors import (
    DigestMismatch,
    EmptyMedia,
    InvalidRequest,
    MediaTooLarge,
    MediaTypeMismatch,
    NotFound,
    Overloaded,
    StorageFull,
    UndecodableMedia,
    UnknownField,
    UnsupportedMediaType,
)
from kit.rpc.options import MAX_MESSAGE_BYTES
from telltale.gateway.v1 import analysis_service_pb2, media_service_pb2, media_service_pb2_grpc
from tests.support.clock import FakeClock
from tests.support.gateway import BROKEN, PHOTO, pieces, refusal, running_gateway


def write_to_a_full_disk(files: AbstractFileSystem, path: str, chunks: Iterable[bytes]) -> None:
    """Opens /dev/full under the name of every file: the kernel itself says that no space is left."""
    Path(path + PARTIAL).symlink_to("/dev/full")
    write_beside(files, path, chunks)


async def test_a_stored_file_is_known_under_a_name_of_ours(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload(display_name="../../etc/passwd\x07")
        assert media.display_name == "passwd"
        assert (media.info.size_bytes, media.info.mime_type) == (len(PHOTO), "image/jpeg")
        assert list(world.blobs.keys()) == [media.name.removeprefix("media/")]
        request = media_service_pb2.GetMediaRequest(name=media.name)
        assert await world.media.GetMedia(request, metadata=world.headers) == media


async def test_an_empty_upload_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert isinstance(await refusal(world.upload(b"")), EmptyMedia)
        assert isinstance(await refusal(world.analyze(b"")), EmptyMedia)


async def test_an_upload_without_any_message_is_empty(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert isinstance(await refusal(world.media.UploadMedia(iter(()), metadata=world.headers)), EmptyMedia)


async def test_a_file_that_is_too_long_is_refused_and_not_kept(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, max_media_bytes=10) as world:
        assert isinstance(await refusal(world.upload(PHOTO)), MediaTooLarge)
        assert list(world.blobs.keys()) == []


async def test_a_message_above_the_limit_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world, grpc.aio.insecure_channel(f"127.0.0.1:{world.port}") as channel:
        stub = media_service_pb2_grpc.MediaServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        requests = pieces(
            media_service_pb2.UploadMediaRequest, bytes(MAX_MESSAGE_BYTES + 1), size=MAX_MESSAGE_BYTES + 1
        )
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.UploadMedia(requests, metadata=world.headers)
        assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_memory_for_uploads_is_bounded_and_given_back(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, upload_memory_bytes=len(PHOTO)) as world:
        error = await refusal(world.upload(PHOTO + b"!"))
        assert isinstance(error, Overloaded)
        assert error.retry_after_s is not None
        await world.upload(PHOTO)
        await world.upload(PHOTO)


async def test_who_finds_no_memory_for_its_file_waits_until_there_is_some(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, upload_memory_bytes=len(PHOTO), analysis_budget_s=5) as world:
        media, image = await world.upload(), world.backends.image
        image.go_on.clear()
        first = asyncio.ensure_future(world.analyze_stored(media.name))
        await image.started.wait()
        world.engine.retries = 200
        second = asyncio.ensure_future(world.analyze_stored(media.name))
        await world.engine.tried_again.wait()
        assert len(image.received) == 1
        image.go_on.set()
        assert len(await first) == len(await second) == 1


async def test_a_false_claim_reaches_the_probe_by_both_ways_in(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        for way_in in (world.upload, world.analyze):
            assert isinstance(await refusal(way_in(content_type="image/png; q=1")), MediaTypeMismatch)
        assert list(world.blobs.keys()) == []
        await world.upload(content_type="image/jpeg")


async def test_what_the_probe_refuses_is_not_kept(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert isinstance(await refusal(world.analyze(BROKEN)), UndecodableMedia)
        assert list(world.blobs.keys()) == []


async def test_a_form_is_refused_with_the_way_to_do_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        error = await refusal(world.upload(content_type="multipart/form-data; boundary=x"))
        assert isinstance(error, UnsupportedMediaType)
        assert "curl -T" in error.message


async def test_unknown_fields_are_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        request = media_service_pb2.GetMediaRequest.FromString(b"\x0a\x20media/" + b"0" * 26 + b"\x98\x06\x01")
        assert isinstance(await refusal(world.media.GetMedia(request, metadata=world.headers)), UnknownField)


async def test_what_is_no_message_or_no_utf_8_is_the_callers_fault(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world, grpc.aio.insecure_channel(f"127.0.0.1:{world.port}") as channel:
        for raw in (b"\x0a\x03\xff\xfe\xfd", b"\x0a\x7f"):
            call = channel.unary_unary("/telltale.gateway.v1.MediaService/GetMedia")
            error = await refusal(call(raw, metadata=world.headers))
            assert isinstance(error, InvalidRequest)
            assert "cannot be read" in error.message


async def test_a_bad_name_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        request = media_service_pb2.GetMediaRequest(name="media/../../secret")
        assert isinstance(await refusal(world.media.GetMedia(request, metadata=world.headers)), InvalidRequest)


async def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    files = LocalFileSystem()
    habits = replace(habits_of(files), write=write_to_a_full_disk)
    blobs = FsspecBlobs(files, str(tmp_path / "media"), habits, 10**6, FakeClock())
    async with running_gateway(tmp_path, blobs) as world:
        assert isinstance(await refusal(world.analyze()), StorageFull)
        assert list(blobs.keys()) == []


async def test_a_used_up_quota_is_told_and_deleting_frees_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, media_quota_bytes=len(PHOTO) + 5) as world:
        media = await world.upload()
        assert isinstance(await refusal(world.upload()), StorageFull)
        await world.media.DeleteMedia(media_service_pb2.DeleteMediaRequest(name=media.name), metadata=world.headers)
        await world.upload()


async def test_deleting_a_file_deletes_all_that_was_made_of_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        request = media_service_pb2.DeleteMediaRequest(name=analysis.media)
        answer = await world.media.DeleteMedia(request, metadata=world.headers)
        assert list(answer.deleted) == [analysis.media, analysis.name, analysis.maps[0].name]
        assert list(world.blobs.keys()) == []
        get = analysis_service_pb2.GetAnalysisRequest(name=analysis.name)
        assert isinstance(await refusal(world.analysis.GetAnalysis(get, metadata=world.headers)), NotFound)
        assert isinstance(await refusal(world.media.DeleteMedia(request, metadata=world.headers)), NotFound)


async def test_expired_files_and_their_analyses_are_swept(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, media_retention_h=1) as world:
        [old] = await world.analyze()
        world.clock.advance(3599)
        [young] = await world.analyze()
        world.clock.advance(2)
        assert await world.gateway.janitor.sweep() == 1
        [file, evidence] = sorted(world.blobs.keys(), key=len)
        assert (file, evidence[26:]) == (young.media.removeprefix("media/"), SUFFIX)
        get = analysis_service_pb2.GetAnalysisRequest(name=old.name)
        assert isinstance(await refusal(world.analysis.GetAnalysis(get, metadata=world.headers)), NotFound)


async def test_files_without_a_row_are_swept_once_nobody_can_be_writing_them(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload()
        world.blobs.put(new_id(world.clock) + ".partial", 1, [b"x"])
        assert await world.gateway.janitor.sweep_orphans() == 0
        world.clock.advance(3601)
        assert await world.gateway.janitor.sweep_orphans() == 1
        assert list(world.blobs.keys()) == [media.name.removeprefix("media/")]


async def test_files_of_others_in_the_store_are_left_alone(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        (tmp_path / "media" / ".DS_Store").write_bytes(b"not ours")
        world.blobs.put(new_id(world.clock), 1, [b"x"])
        world.clock.advance(3601)
        assert await world.gateway.janitor.sweep_orphans() == 1
        assert list(world.blobs.keys()) == [".DS_Store"]


async def test_an_expired_file_that_cannot_be_deleted_keeps_no_other(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, media_retention_h=1) as world:
        stuck, other = [(await world.upload()).name.removeprefix("media/") for _ in range(2)]
        (tmp_path / "media" / stuck).unlink()
        (tmp_path / "media" / stuck).mkdir()  # the system refuses to delete it as a file
        world.clock.advance(3601)
        assert await world.gateway.janitor.sweep() == 1
        assert not (tmp_path / "media" / other).exists()
        (tmp_path / "media" / stuck).rmdir()
        assert await world.gateway.janitor.sweep() == 1


async def test_a_stored_file_that_was_damaged_is_not_judged(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload()
        (tmp_path / "media" / media.name.removeprefix("media/")).write_bytes(PHOTO[::-1])
        assert isinstance(await refusal(world.analyze_stored(media.name)), DigestMismatch)
        assert world.backends.image.received == []


async def test_files_are_listed_page_by_page(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        names = []
        for _ in range(3):
            world.clock.advance(1)
            names.append((await world.upload()).name)
        first = await world.media.ListMedia(_list(2), metadata=world.headers)
        second = await world.media.ListMedia(_list(2, first.next_page_token), metadata=world.headers)
        assert [media.name for media in (*first.media, *second.media)] == names[::-1]
        assert second.next_page_token == ""


async def test_a_foreign_page_token_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert isinstance(
            await refusal(world.media.ListMedia(_list(2, "nonsense"), metadata=world.headers)), InvalidRequest
        )


def _list(size: int, token: str = "") -> media_service_pb2.ListMediaRequest:
    return media_service_pb2.ListMediaRequest(page_size=size, page_token=token)

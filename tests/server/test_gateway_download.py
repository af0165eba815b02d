"""The bytes of a stored file go out again."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from pathlib import Path

import grpc
from fsspec.implementations.local import LocalFileSystem

from gateway.door.tokens import Scope
from gateway.storage.blobs import FsspecBlobs
from gateway.storage.habits import habits_of
from kit.errors import DigestMismatch, InsufficientScope, InvalidRequest, NotFound
from telltale.gateway.v1 import media_service_pb2
from tests.support.clock import FakeClock
from tests.support.gateway import SOUND, VIDEO, Headers, World, refusal, running_gateway

MIB = 2**20
LONG = VIDEO + bytes(3 * MIB)


class Watched(FsspecBlobs):
    """Says when a reader was closed, and how far it had read."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        files = LocalFileSystem()
        super().__init__(files, str(folder), habits_of(files), 2**30, FakeClock())
        self.closed, self.read_pieces = asyncio.Event(), 0
        self._loop = asyncio.get_running_loop()

    def chunks(self, key: str) -> Generator[bytes, None, None]:
        try:
            for piece in super().chunks(key):
                self.read_pieces += 1
                yield piece
        finally:
            self._loop.call_soon_threadsafe(self.closed.set)


async def download(world: World, name: str, headers: Headers | None = None) -> list[tuple[str, bytes]]:
    call = world.media.DownloadMedia(
        media_service_pb2.DownloadMediaRequest(name=name), metadata=world.headers if headers is None else headers
    )
    return [(piece.content_type, piece.data) async for piece in call]


async def test_the_bytes_come_back_in_pieces_with_the_type_that_was_found(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        pieces = await download(world, (await world.upload(LONG)).name)
        assert b"".join(data for _, data in pieces) == LONG
        assert {mime_type for mime_type, _ in pieces} == {"video/mp4"}
        assert [len(data) for _, data in pieces] == [MIB, MIB, MIB, len(VIDEO)]


async def test_reading_is_enough_to_download_and_strangers_find_nothing(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload(SOUND)
        assert await download(world, media.name, await world.headers_for(Scope.READ)) == [("audio/mpeg", SOUND)]
        error = await refusal(download(world, media.name, await world.headers_for(Scope.ANALYZE)))
        assert isinstance(error, InsufficientScope)
        assert isinstance(await refusal(download(world, media.name, await world.headers_for(owner="bob"))), NotFound)


async def test_what_was_deleted_or_never_was_is_not_found(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload(SOUND)
        await world.media.DeleteMedia(media_service_pb2.DeleteMediaRequest(name=media.name), metadata=world.headers)
        assert isinstance(await refusal(download(world, media.name)), NotFound)
        assert isinstance(await refusal(download(world, "media/../../secret")), InvalidRequest)


async def test_a_file_that_was_damaged_ends_in_an_error(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload(SOUND)
        (tmp_path / "media" / media.name.removeprefix("media/")).write_bytes(SOUND[::-1])
        assert isinstance(await refusal(download(world, media.name)), DigestMismatch)


async def test_a_caller_who_goes_away_frees_the_reader(tmp_path: Path) -> None:
    blobs = Watched(tmp_path / "media")
    async with running_gateway(tmp_path, blobs) as world:
        media = await world.upload(VIDEO + bytes(64 * MIB))
        request = media_service_pb2.DownloadMediaRequest(name=media.name)
        call = world.media.DownloadMedia(request, metadata=world.headers)
        assert await call.read() is not grpc.aio.EOF
        call.cancel()
        await asyncio.wait_for(blobs.closed.wait(), 5)
        assert blobs.read_pieces < 64

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator

import pytest

from kit.errors import DigestMismatch, EmptyMedia, InvalidRequest, MediaTooLarge
from kit.rpc.uploads import OpenUpload, outgoing, outgoing_late, receive, receive_open
from telltale.av_sync.v1.av_sync_service_pb2 import AnalyzeSoundRequest
from telltale.common.v1 import faces_pb2, media_pb2
from telltale.image.v1.image_service_pb2 import AnalyzeImageRequest, FaceTracks
from telltale.temporal.v1.temporal_service_pb2 import AnalyzeVideoRequest

DATA = b"some bytes of a picture"


def info(data: bytes = DATA) -> media_pb2.MediaInfo:
    return media_pb2.MediaInfo(
        kind=media_pb2.MEDIA_KIND_IMAGE,
        mime_type="image/jpeg",
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def upload(*chunks: bytes) -> Iterator[AnalyzeImageRequest]:
    return outgoing(AnalyzeImageRequest, info(), chunks)


def test_what_goes_out_comes_in() -> None:
    received = receive(upload(DATA[:5], DATA[5:]), max_bytes=100)
    with received.media as media:
        assert media.read() == DATA
    assert received.info == info()


@pytest.mark.parametrize("chunks", [(DATA[:-1],), (DATA, b"x"), (DATA[::-1],)])
def test_other_bytes_than_announced_are_refused(chunks: tuple[bytes, ...]) -> None:
    with pytest.raises(DigestMismatch):
        receive(upload(*chunks), max_bytes=100)


def test_another_length_than_announced_is_refused_though_the_digest_is_right() -> None:
    announced = info()
    announced.size_bytes += 1
    with pytest.raises(DigestMismatch):
        receive(outgoing(AnalyzeImageRequest, announced, [DATA]), max_bytes=100)


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(MediaTooLarge):
        receive(upload(DATA), max_bytes=len(DATA) - 1)


def test_an_upload_without_chunks_is_refused() -> None:
    with pytest.raises(EmptyMedia):
        receive(upload(), max_bytes=100)


def test_an_upload_without_header_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="must be the header"):
        receive(iter([AnalyzeImageRequest(chunk=DATA)]), max_bytes=100)


def test_a_second_header_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="must be the first"):
        receive([*upload(DATA), next(upload())], max_bytes=100)


def test_depth_and_tracks_come_in_as_they_went_out() -> None:
    tracks = FaceTracks(tracks=[faces_pb2.FaceTrack(track_id=3)])
    sent = outgoing(AnalyzeVideoRequest, info(), [DATA], depth=media_pb2.DEPTH_QUICK, tracks=tracks)
    received = receive(sent, max_bytes=100)
    with received.media as media:
        assert media.read() == DATA
    assert (received.depth, received.tracks) == (media_pb2.DEPTH_QUICK, tracks)


def test_an_upload_without_tracks_has_none() -> None:
    received = receive(outgoing(AnalyzeVideoRequest, info(), [DATA[:5], DATA[5:]]), max_bytes=100)
    with received.media as media:
        assert (media.read(), received.tracks) == (DATA, None)


def test_empty_tracks_say_that_there_is_no_face() -> None:
    received = receive(outgoing(AnalyzeVideoRequest, info(), [DATA], tracks=FaceTracks()), max_bytes=100)
    with received.media:
        assert received.tracks == FaceTracks()


def test_tracks_behind_a_chunk_are_refused() -> None:
    late = AnalyzeVideoRequest(tracks=FaceTracks())
    with pytest.raises(InvalidRequest, match="only the second may hold tracks"):
        receive([*outgoing(AnalyzeVideoRequest, info(), [DATA]), late], max_bytes=100)


SOUND = [*outgoing(AnalyzeSoundRequest, info(), [DATA[:5], DATA[5:]])]
HEADER, *CHUNKS = SOUND
FACES = FaceTracks(tracks=[faces_pb2.FaceTrack(track_id=3)])
LATE = AnalyzeSoundRequest(tracks=FACES)


def open_upload(*behind: AnalyzeSoundRequest) -> OpenUpload:
    """A complete upload with some messages behind its bytes."""
    return receive_open([*SOUND, *behind], max_bytes=100)


def test_an_open_upload_is_there_with_its_last_byte() -> None:
    def requests() -> Iterator[AnalyzeSoundRequest]:
        yield from SOUND
        raise AssertionError("somebody waited for what comes behind the bytes")

    with receive_open(requests(), max_bytes=100).media as media:
        assert media.read() == DATA


@pytest.mark.parametrize(("behind", "known"), [([LATE], FACES), ([], None)])
def test_late_tracks_come_with_the_last_message_or_never(
    behind: list[AnalyzeSoundRequest], known: FaceTracks | None
) -> None:
    upload = open_upload(*behind)
    with upload.media:
        assert upload.late_tracks() == known


@pytest.mark.parametrize("behind", [[HEADER], [AnalyzeSoundRequest(chunk=b"x")], [LATE, LATE], [LATE, CHUNKS[0]]])
def test_only_tracks_may_come_behind_the_bytes_and_once(behind: list[AnalyzeSoundRequest]) -> None:
    upload = open_upload(*behind)
    with upload.media, pytest.raises(InvalidRequest, match="only the last may hold tracks"):
        upload.late_tracks()


@pytest.mark.parametrize("sent", [[HEADER, LATE, *CHUNKS], [HEADER, CHUNKS[0], LATE, CHUNKS[1]], [HEADER, HEADER]])
def test_an_open_upload_takes_nothing_but_chunks_before_its_last_byte(sent: list[AnalyzeSoundRequest]) -> None:
    with pytest.raises(InvalidRequest, match="only the last may hold tracks"):
        receive_open(sent, max_bytes=100)


@pytest.mark.parametrize("chunks", [(DATA[:-1],), (DATA + b"x",), (DATA[::-1],)])
def test_an_open_upload_of_other_bytes_is_refused(chunks: tuple[bytes, ...]) -> None:
    with pytest.raises(DigestMismatch):
        receive_open(outgoing(AnalyzeSoundRequest, info(), chunks), max_bytes=100)


async def sent_late(tracks: asyncio.Future[FaceTracks | None]) -> list[AnalyzeSoundRequest]:
    """All messages of an upload whose tracks are known before they are asked for."""
    return [message async for message in outgoing_late(AnalyzeSoundRequest, info(), [DATA], tracks=tracks)]


@pytest.mark.parametrize(("known", "behind"), [(FACES, ["tracks"]), (FaceTracks(), ["tracks"]), (None, [])])
def test_tracks_are_sent_behind_the_bytes_where_they_are_known(known: FaceTracks | None, behind: list[str]) -> None:
    async def scenario() -> list[AnalyzeSoundRequest]:
        tracks = asyncio.get_running_loop().create_future()
        tracks.set_result(known)
        return await sent_late(tracks)

    sent = asyncio.run(scenario())
    assert [message.WhichOneof("payload") for message in sent] == ["header", "chunk", *behind]


def test_the_bytes_leave_before_the_tracks_are_known() -> None:
    async def scenario() -> None:
        tracks = asyncio.get_running_loop().create_future()
        messages = outgoing_late(AnalyzeSoundRequest, info(), [DATA], depth=media_pb2.DEPTH_QUICK, tracks=tracks)
        assert (await anext(messages)).header.depth == media_pb2.DEPTH_QUICK
        assert (await anext(messages)).chunk == DATA
        tracks.set_result(FACES)
        assert (await anext(messages)).tracks == FACES

    asyncio.run(scenario())


def test_a_call_that_ends_leaves_the_tracks_to_others() -> None:
    async def scenario() -> bool:
        tracks = asyncio.get_running_loop().create_future()
        sending = asyncio.create_task(sent_late(tracks))
        await asyncio.sleep(0)
        sending.cancel()
        await asyncio.wait([sending])
        return sending.cancelled() and not tracks.cancelled()

    assert asyncio.run(scenario())

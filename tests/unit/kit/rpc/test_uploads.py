from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from kit.errors import DigestMismatch, EmptyMedia, InvalidRequest, MediaTooLarge
from kit.rpc.uploads import outgoing, receive
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

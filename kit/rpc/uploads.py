"""Media over client-streaming calls: a header that announces length and digest, then chunks; face tracks before or behind them.

A detector whose contract puts the tracks in front reads its uploads with `receive`. One that starts on the bytes and takes the
tracks as late as they are known reads with `receive_open` and asks the upload for them; its callers send with `outgoing_late`.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from kit.errors import DigestMismatch, InvalidRequest
from kit.media.file import MediaFile, MediaWriter
from telltale.common.v1 import media_pb2
from telltale.image.v1 import image_service_pb2

Request = TypeVar("Request")

_TRACKS_FIRST = (
    "the header must be the first message of an upload, and only the second may hold tracks; send chunks then"
)
_TRACKS_LAST = (
    "the header must be the first message of an upload, and only the last may hold tracks; send all chunks before"
)


@dataclass(frozen=True)
class ReceivedUpload:
    """A complete upload whose length and digest are those announced. The receiver closes `media`."""

    info: media_pb2.MediaInfo
    media: MediaFile
    depth: media_pb2.Depth.ValueType
    """How much of it to look at."""
    tracks: image_service_pb2.FaceTracks | None
    """The faces, where the caller knows them already."""


@dataclass(frozen=True)
class OpenUpload:
    """All bytes of an upload, of the length and digest announced; its tracks may still come. The receiver closes `media`."""

    info: media_pb2.MediaInfo
    media: MediaFile
    depth: media_pb2.Depth.ValueType
    """How much of it to look at."""
    _behind: Iterator[Any]

    def late_tracks(self) -> image_service_pb2.FaceTracks | None:
        """Waits for the caller's last message; None when the requests end without tracks. To be asked once.

        Raises InvalidRequest for any other message than tracks, and for any message behind them.
        """
        last = next(self._behind, None)
        if last is None:
            return None
        if last.WhichOneof("payload") != "tracks" or next(self._behind, None) is not None:
            raise InvalidRequest(_TRACKS_LAST)
        return last.tracks  # type: ignore[no-any-return]  # the requests are of any detector


def receive(requests: Iterable[Any], *, max_bytes: int) -> ReceivedUpload:
    """Reads an upload to its end. The requests are of any detector: each has one of `header`, `tracks` (where its contract
    has them) and `chunk` as its `payload`.

    Raises:
        InvalidRequest: the first message is no header, a later one is, or tracks come behind the second message.
        MediaTooLarge, EmptyMedia: as `MediaWriter` says.
        DigestMismatch: length or SHA-256 differ from the header's.
    """
    messages = iter(requests)
    header = _header(messages)
    second = next(messages, None)
    tracks = second.tracks if second is not None and second.WhichOneof("payload") == "tracks" else None
    behind = [] if second is None or tracks is not None else [second]
    media = _media(itertools.chain(behind, messages), header.media, max_bytes, _TRACKS_FIRST)
    return ReceivedUpload(header.media, media, header.depth, tracks)


def receive_open(requests: Iterable[Any], *, max_bytes: int) -> OpenUpload:
    """Reads an upload up to its last byte, which the header tells, and leaves the rest of the requests to the upload.

    Raises as `receive`, but InvalidRequest for tracks before the last byte.
    """
    messages = iter(requests)
    header = _header(messages)
    media = _media(_up_to(header.media.size_bytes, messages), header.media, max_bytes, _TRACKS_LAST)
    return OpenUpload(header.media, media, header.depth, messages)


def outgoing(
    make: Callable[..., Request],
    info: media_pb2.MediaInfo,
    chunks: Iterable[bytes],
    *,
    depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_UNSPECIFIED,
    tracks: image_service_pb2.FaceTracks | None = None,
) -> Iterator[Request]:
    """The messages of an upload, for a call to a detector. `make` is the request's type; only some types have `tracks`."""
    yield make(header=media_pb2.MediaHeader(media=info, depth=depth))
    if tracks is not None:
        yield make(tracks=tracks)
    for chunk in chunks:
        yield make(chunk=chunk)


async def outgoing_late(
    make: Callable[..., Request],
    info: media_pb2.MediaInfo,
    chunks: Iterable[bytes],
    *,
    depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_UNSPECIFIED,
    tracks: Awaitable[image_service_pb2.FaceTracks | None],
) -> AsyncIterator[Request]:
    """The messages of an upload whose tracks come last, for a `grpc.aio` call: `stub.AnalyzeSound(outgoing_late(...))`.

    The bytes leave at once; `tracks` is awaited only then. It gives None where they will never be known, and the requests end
    without them. It must not raise: grpc would break the whole call. A call that ends early does not cancel it, so one future
    may serve several calls.
    """
    for message in outgoing(make, info, chunks, depth=depth):
        yield message
    known = await asyncio.shield(tracks)
    if known is not None:
        yield make(tracks=known)


def _header(messages: Iterator[Any]) -> media_pb2.MediaHeader:
    first = next(messages, None)
    if first is None or first.WhichOneof("payload") != "header":
        raise InvalidRequest("the first message of an upload must be the header; send it before any chunk")
    return first.header  # type: ignore[no-any-return]  # the requests are of any detector


def _up_to(size_bytes: int, messages: Iterator[Any]) -> Iterator[Any]:
    """Messages until their chunks hold at least `size_bytes`."""
    read_bytes = 0
    while read_bytes < size_bytes and (message := next(messages, None)) is not None:
        read_bytes += len(message.chunk)
        yield message


def _media(messages: Iterable[Any], announced: media_pb2.MediaInfo, max_bytes: int, order: str) -> MediaFile:
    with MediaWriter(max_bytes) as writer:
        for message in messages:
            if message.WhichOneof("payload") != "chunk":
                raise InvalidRequest(order)
            writer.append(message.chunk)
        media = writer.finish()
    if (media.size_bytes, media.sha256) != (announced.size_bytes, announced.sha256):
        media.close()
        raise DigestMismatch(
            "the bytes received are not those the header announced (length or SHA-256); send them again"
        )
    return media

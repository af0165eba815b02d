"""Media over client-streaming calls: a header that announces length and digest, face tracks if there are any, then chunks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from kit.errors import DigestMismatch, InvalidRequest
from kit.media.file import MediaFile, MediaWriter
from telltale.common.v1 import media_pb2
from telltale.image.v1 import image_service_pb2

Request = TypeVar("Request")


@dataclass(frozen=True)
class ReceivedUpload:
    """A complete upload whose length and digest are those announced. The receiver closes `media`."""

    info: media_pb2.MediaInfo
    media: MediaFile
    depth: media_pb2.Depth.ValueType
    """How much of it to look at."""
    tracks: image_service_pb2.FaceTracks | None
    """The faces, where the caller knows them already."""


def receive(requests: Iterable[Any], *, max_bytes: int) -> ReceivedUpload:
    """Reads an upload to its end. The requests are of any detector: each has one of `header`, `tracks` (where its contract
    has them) and `chunk` as its `payload`.

    Raises:
        InvalidRequest: the first message is no header, a later one is, or tracks come behind the second message.
        MediaTooLarge, EmptyMedia: as `MediaWriter` says.
        DigestMismatch: length or SHA-256 differ from the header's.
    """
    messages = iter(requests)
    first = next(messages, None)
    if first is None or first.WhichOneof("payload") != "header":
        raise InvalidRequest("the first message of an upload must be the header; send it before any chunk")
    second = next(messages, None)
    tracks = second.tracks if second is not None and second.WhichOneof("payload") == "tracks" else None
    behind = [] if second is None or tracks is not None else [second]
    media = _media(itertools.chain(behind, messages), first.header.media, max_bytes)
    return ReceivedUpload(first.header.media, media, first.header.depth, tracks)


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


def _media(messages: Iterable[Any], announced: media_pb2.MediaInfo, max_bytes: int) -> MediaFile:
    with MediaWriter(max_bytes) as writer:
        for message in messages:
            if message.WhichOneof("payload") != "chunk":
                raise InvalidRequest(
                    "the header must be the first message of an upload, and only the second may hold tracks; send chunks then"
                )
            writer.append(message.chunk)
        media = writer.finish()
    if (media.size_bytes, media.sha256) != (announced.size_bytes, announced.sha256):
        media.close()
        raise DigestMismatch(
            "the bytes received are not those the header announced (length or SHA-256); send them again"
        )
    return media

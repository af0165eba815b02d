"""Media over client-streaming calls: a header that announces length and digest, then chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from kit.errors import DigestMismatch, InvalidRequest
from kit.media.file import MediaFile, MediaWriter
from telltale.common.v1 import media_pb2

Request = TypeVar("Request")


@dataclass(frozen=True)
class ReceivedUpload:
    """A complete upload whose length and digest are those announced. The receiver closes `media`."""

    info: media_pb2.MediaInfo
    media: MediaFile


def receive(requests: Iterable[Any], *, max_bytes: int) -> ReceivedUpload:
    """Reads an upload to its end. The requests are of any detector: each has one of `header` and `chunk` as its `payload`.

    Raises:
        InvalidRequest: the first message is no header, or a later one is.
        MediaTooLarge, EmptyMedia: as `MediaWriter` says.
        DigestMismatch: length or SHA-256 differ from the header's.
    """
    messages = iter(requests)
    first = next(messages, None)
    if first is None or first.WhichOneof("payload") != "header":
        raise InvalidRequest("the first message of an upload must be the header; send it before any chunk")
    announced = first.header.media
    with MediaWriter(max_bytes) as writer:
        for message in messages:
            if message.WhichOneof("payload") != "chunk":
                raise InvalidRequest("only the first message of an upload may be a header; send chunks after it")
            writer.append(message.chunk)
        media = writer.finish()
    if (media.size_bytes, media.sha256) != (announced.size_bytes, announced.sha256):
        media.close()
        raise DigestMismatch(
            "the bytes received are not those the header announced (length or SHA-256); send them again"
        )
    return ReceivedUpload(announced, media)


def outgoing(make: Callable[..., Request], info: media_pb2.MediaInfo, chunks: Iterable[bytes]) -> Iterator[Request]:
    """The messages of an upload, for a call to a detector. `make` is the request's type."""
    yield make(header=media_pb2.MediaHeader(media=info))
    for chunk in chunks:
        yield make(chunk=chunk)

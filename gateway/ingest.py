"""Uploads coming in: counted, hashed and bounded while they arrive; nothing of them touches a disk yet."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from google.api import httpbody_pb2

from gateway.access import Call
from gateway.plan import settled
from gateway.quotas import Quotas
from kit.errors import DeadlineExceeded, Overloaded, UnsupportedMediaType
from kit.media.file import MediaFile, MediaWriter
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2

MAX_DISPLAY_NAME = 200
# What clients send when they do not know the type: curl's default for a body, and "some bytes".
_NO_CLAIM = ("", "application/octet-stream", "application/x-www-form-urlencoded", "binary/octet-stream")


class Piece(Protocol):
    """A message of any upload; fields other than `file` count in the first one alone."""

    request_id: str
    display_name: str

    @property
    def file(self) -> httpbody_pb2.HttpBody:
        """Bytes, and in the first message their claimed type."""
        ...


@dataclass(frozen=True)
class Upload:
    """A complete upload.

    Attributes:
        media: its bytes, open while the upload is in use.
        claimed_mime_type: what the client said it is; None when it said nothing.
        request_id: the client's idempotency key; empty when there is none.
        display_name: cleaned.
        depth: how much of it to look at; standard when it is only to be stored.
        language: of the verdict's sentences, a BCP 47 tag; English when empty.
        token_id: who sent it, for quotas.
        retention: what is kept of it.
    """

    media: MediaFile
    claimed_mime_type: str | None
    request_id: str
    display_name: str
    depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_STANDARD
    language: str = ""
    token_id: str = ""
    retention: resources_pb2.Retention.ValueType = resources_pb2.RETENTION_STANDARD


@dataclass(frozen=True)
class _Head:
    claimed_mime_type: str | None = None
    request_id: str = ""
    display_name: str = ""
    depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_STANDARD
    language: str = ""
    retention: resources_pb2.Retention.ValueType = resources_pb2.RETENTION_STANDARD


class Memory:
    """How many bytes of media may be held at once, by all calls together."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._used_bytes = 0

    def take(self, size_bytes: int) -> None:
        """Accounts for more bytes. Raises Overloaded when they are too many."""
        if self._used_bytes + size_bytes > self._limit_bytes:
            raise Overloaded("too many uploads are under way; try again in a moment", retry_after_s=2.0)
        self._used_bytes += size_bytes

    def give(self, size_bytes: int) -> None:
        """Takes bytes off the account."""
        self._used_bytes -= size_bytes


class Intake:
    """Receives uploads."""

    def __init__(self, memory: Memory, quotas: Quotas, max_bytes: int, timeout_s: float) -> None:
        self._memory = memory
        self._quotas = quotas
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s

    @asynccontextmanager
    async def receive(self, pieces: AsyncIterator[Piece], call: Call) -> AsyncIterator[Upload]:
        """Reads an upload to its end; its memory is freed on the way out.

        Raises:
            EmptyMedia, MediaTooLarge, UnsupportedMediaType (a multipart form), QuotaExceeded, Overloaded, DeadlineExceeded,
            StorageUnavailable.
        """
        try:
            with MediaWriter(self._max_bytes) as writer:
                head = await self._fill(writer, pieces, call)
                media = writer.finish()
            with media:
                yield Upload(
                    media,
                    head.claimed_mime_type,
                    head.request_id,
                    head.display_name,
                    head.depth,
                    head.language,
                    call.token_id,
                    head.retention,
                )
        finally:
            self._memory.give(call.received_bytes)

    async def _fill(self, writer: MediaWriter, pieces: AsyncIterator[Piece], call: Call) -> _Head:
        head: _Head | None = None
        room_bytes = await self._quotas.byte_room(call.token_id, 0)
        try:
            async with asyncio.timeout(self._timeout_s):
                async for piece in pieces:
                    head = head or _head(piece)
                    self._memory.take(len(piece.file.data))
                    call.received_bytes += len(piece.file.data)
                    # What is over already is over for the whole file, too: it would only be in the way until its end.
                    if call.received_bytes > room_bytes:
                        room_bytes = await self._quotas.byte_room(call.token_id, call.received_bytes)
                    writer.append(piece.file.data)
        except TimeoutError as error:
            raise DeadlineExceeded(
                f"the upload was not complete within {self._timeout_s:.0f} s; send it again"
            ) from error
        return head or _Head()


def clean_display_name(name: str) -> str:
    """A name fit to be shown: no folders, no control or direction-changing characters, at most 200 characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if unicodedata.category(character)[0] != "C").strip()[
        :MAX_DISPLAY_NAME
    ]


def _head(first: Piece) -> _Head:
    claimed = first.file.content_type.split(";")[0].strip().lower()
    if claimed.startswith("multipart/"):
        raise UnsupportedMediaType(
            "send the file itself as the body, not a form: `curl -T FILE`, or fetch with body: file"
        )
    mime_type = None if claimed in _NO_CLAIM else claimed
    name = clean_display_name(first.display_name)
    if isinstance(first, analysis_service_pb2.AnalyzeMediaRequest):
        return _Head(mime_type, first.request_id, name, settled(first.depth), first.language, first.retention)
    return _Head(mime_type, first.request_id, name)

"""Uploads coming in: counted, hashed and bounded while they arrive; nothing of them touches a disk yet."""

from __future__ import annotations

import asyncio
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from google.api import httpbody_pb2
from google.protobuf import duration_pb2

from gateway.door.access import Call
from gateway.door.quotas import Quotas
from gateway.making.plan import settled
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
    def time_to_live(self) -> duration_pb2.Duration:
        """How long the file is to be kept."""
        ...

    def HasField(self, name: Literal["time_to_live"]) -> bool:  # noqa: N802 - protobuf's name
        """Whether a field was sent."""
        ...

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
        time_to_live: how long it is to be kept; None: as long as others.
        fresh: nothing is taken over from earlier analyses.
    """

    media: MediaFile
    claimed_mime_type: str | None
    request_id: str
    display_name: str
    depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_STANDARD
    language: str = ""
    token_id: str = ""
    retention: resources_pb2.Retention.ValueType = resources_pb2.RETENTION_STANDARD
    time_to_live: timedelta | None = None
    fresh: bool = False


@dataclass(frozen=True)
class _Head:
    claimed_mime_type: str | None = None
    request_id: str = ""
    display_name: str = ""
    depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_STANDARD
    language: str = ""
    retention: resources_pb2.Retention.ValueType = resources_pb2.RETENTION_STANDARD
    time_to_live: timedelta | None = None
    fresh: bool = False


class Memory:
    """How many bytes of media may be held at once, by all calls together and by those of one token."""

    def __init__(self, limit_bytes: int, share_bytes: int | None = None) -> None:
        self._limit_bytes = limit_bytes
        self._share_bytes = limit_bytes if share_bytes is None else share_bytes
        self._used_bytes: Counter[str] = Counter()

    def take(self, size_bytes: int, holder: str = "") -> None:
        """Accounts for more bytes, held for a token where that is known. Raises Overloaded when they are too many."""
        if holder and self._used_bytes[holder] + size_bytes > self._share_bytes:
            raise Overloaded("too many uploads of this token are under way; try again in a moment", retry_after_s=2.0)
        if self._used_bytes.total() + size_bytes > self._limit_bytes:
            raise Overloaded("too many uploads are under way; try again in a moment", retry_after_s=2.0)
        self._used_bytes[holder] += size_bytes

    def give(self, size_bytes: int, holder: str = "") -> None:
        """Takes bytes off the account."""
        self._used_bytes[holder] -= size_bytes
        if not self._used_bytes[holder]:
            del self._used_bytes[holder]


class Intake:
    """Receives uploads, of one token no more than `most_per_token` at once: slow ones take places, few as their bytes are."""

    def __init__(
        self, memory: Memory, quotas: Quotas, max_bytes: int, timeout_s: float, most_per_token: int = 64
    ) -> None:
        self._memory = memory
        self._quotas = quotas
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s
        self._most_per_token = most_per_token
        self._under_way: Counter[str] = Counter()

    @asynccontextmanager
    async def receive(self, pieces: AsyncIterator[Piece], call: Call) -> AsyncIterator[Upload]:
        """Reads an upload to its end; its memory is freed on the way out.

        Raises:
            EmptyMedia, MediaTooLarge, UnsupportedMediaType (a multipart form), QuotaExceeded, Overloaded, DeadlineExceeded,
            StorageUnavailable.
        """
        with self._place(call):
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
                    head.time_to_live,
                    head.fresh,
                )

    @contextmanager
    def _place(self, call: Call) -> Iterator[None]:
        """One of the token's places; what the call holds is given back with it. Raises Overloaded."""
        if self._under_way[call.token_id] >= self._most_per_token:
            raise Overloaded(
                f"this token has {self._most_per_token} uploads under way, as many as it may at once; end some, or try again",
                retry_after_s=2.0,
            )
        self._under_way[call.token_id] += 1
        try:
            yield
        finally:
            self._under_way[call.token_id] -= 1
            if not self._under_way[call.token_id]:
                del self._under_way[call.token_id]
            self._memory.give(call.received_bytes, call.token_id)

    async def _fill(self, writer: MediaWriter, pieces: AsyncIterator[Piece], call: Call) -> _Head:
        head: _Head | None = None
        room_bytes = await self._quotas.byte_room(call.token_id, 0)
        try:
            async with asyncio.timeout(self._timeout_s):
                async for piece in pieces:
                    head = head or _head(piece)
                    self._memory.take(len(piece.file.data), call.token_id)
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
    life = first.time_to_live.ToTimedelta() if first.HasField("time_to_live") else None
    if isinstance(first, analysis_service_pb2.AnalyzeMediaRequest):
        depth, language, fresh = settled(first.depth), first.language, first.fresh
        return _Head(mime_type, first.request_id, name, depth, language, first.retention, life, fresh)
    return _Head(mime_type, first.request_id, name, time_to_live=life)

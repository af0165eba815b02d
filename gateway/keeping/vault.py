"""Stored files: under names of ours, for a limited time, each one its owner's alone."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from gateway.ids import id_in, media_name, new_id
from gateway.intake.ingest import Memory, Upload
from gateway.intake.inspection import Inspection
from gateway.paging import Page, cut
from gateway.storage.blobs import BlobStore
from gateway.storage.records import Claim
from gateway.storage.repository import MediaRepository
from gateway.storage.times import to_timestamp
from gateway.uninterrupted import in_thread
from kit.clock import Clock
from kit.errors import DigestMismatch, Overloaded, StorageUnavailable
from kit.media.file import MediaFile, MediaWriter
from telltale.gateway.v1 import resources_pb2


class Vault:
    """The files and their rows, held in step: bytes are there before the row and gone before it."""

    def __init__(
        self, rows: MediaRepository, blobs: BlobStore, memory: Memory, clock: Clock, retention: timedelta
    ) -> None:
        self._rows = rows
        self._blobs = blobs
        self._memory = memory
        self._clock = clock
        self._retention = retention

    async def keep(
        self, owner: str, upload: Upload, inspection: Inspection, claim: Claim | None
    ) -> resources_pb2.Media:
        """Stores an upload for as long as its sender and the operator want. Raises StorageFull, StorageUnavailable."""
        media_id = new_id(self._clock)
        now = self._clock.now()
        media = resources_pb2.Media(
            name=media_name(media_id),
            info=inspection.info,
            scan=inspection.scan,
            display_name=upload.display_name,
            create_time=to_timestamp(now),
            expire_time=to_timestamp(now + min(self._retention, upload.time_to_live or self._retention)),
        )
        stored = False
        try:
            await in_thread(self._blobs.put, media_id, upload.media.size_bytes, upload.media.chunks())
            await self._rows.add(owner, media, claim)
            stored = True
        finally:
            if not stored:
                await self._discard(media_id)
        return media

    async def get(self, owner: str, media_id: str) -> resources_pb2.Media:
        """One file's facts. Raises NotFound."""
        return await self._rows.get(owner, media_id)

    async def claimed(self, owner: str, claim: Claim) -> resources_pb2.Media | None:
        """The file that an earlier upload with this key stored. Raises RequestIdReused."""
        return await self._rows.claimed(owner, claim)

    async def page(self, owner: str, page: Page) -> tuple[Sequence[resources_pb2.Media], str]:
        """Files, newest first, and the token of the next page."""
        return cut(await self._rows.page(owner, page), page)

    async def delete(self, owner: str, media_id: str) -> None:
        """Deletes a file of which nothing was made yet; `gateway.keeping.shredder` deletes others. Raises NotFound."""
        await in_thread(self._blobs.delete, media_id)
        await self._rows.delete(owner, media_id)

    @asynccontextmanager
    async def open(self, media: resources_pb2.Media) -> AsyncIterator[MediaFile]:
        """The bytes of a stored file, for as long as they are in use. Raises NotFound, DigestMismatch, Overloaded."""
        size_bytes = media.info.size_bytes
        self._memory.take(size_bytes)
        try:
            file = await in_thread(self._load, id_in(media.name), size_bytes)
            with file:
                if file.sha256 != media.info.sha256:
                    raise _damaged(media)
                yield file
        finally:
            self._memory.give(size_bytes)

    async def read(self, media: resources_pb2.Media) -> AsyncGenerator[bytes, None]:
        """The bytes of a stored file in pieces of at most 1 MiB, one in memory at a time; the file is closed with the iteration.

        Raises NotFound; DigestMismatch when the bytes turn out at their end not to be those that were stored.
        """
        pieces, digest = self._blobs.chunks(id_in(media.name)), hashlib.sha256()
        try:
            while piece := await in_thread(next, pieces, b""):
                digest.update(piece)
                yield piece
        finally:
            await in_thread(pieces.close)
        if digest.hexdigest() != media.info.sha256:
            raise _damaged(media)

    async def _discard(self, media_id: str) -> None:
        # A transaction that broke off may have been completed all the same, and a row without its file would be a trap. Where
        # nobody can say, the janitor will.
        with suppress(StorageUnavailable, Overloaded):
            if media_id not in await self._rows.known([media_id]):
                await in_thread(self._blobs.delete, media_id)

    def _load(self, key: str, size_bytes: int) -> MediaFile:
        with MediaWriter(size_bytes) as writer:
            for chunk in self._blobs.chunks(key):
                writer.append(chunk)
            return writer.finish()


def _damaged(media: resources_pb2.Media) -> DigestMismatch:
    return DigestMismatch(f"the stored bytes of {media.name} are damaged; delete it and upload it again")

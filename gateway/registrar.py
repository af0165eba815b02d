"""Makes stored media out of uploads: looked at in the sandbox first, stored once per idempotency key."""

from __future__ import annotations

from collections.abc import Callable

from gateway.ingest import Upload
from gateway.places import Locks
from gateway.storage.repository import Claim
from gateway.uninterrupted import in_thread_until_cancelled
from gateway.vault import Vault
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2

Prober = Callable[[CancelToken, MediaFile, str | None], media_pb2.MediaInfo]
"""Tells what a file is, given the type its sender claims. Blocks, until the token is cancelled. Raises TelltaleError for what is
refused."""


class Registrar:
    """Takes uploads in."""

    def __init__(self, vault: Vault, prober: Prober, locks: Locks) -> None:
        self._vault = vault
        self._prober = prober
        self._locks = locks

    async def register(self, owner: str, upload: Upload) -> resources_pb2.Media:
        """Stores an upload, or finds what an equal request has stored.

        Raises:
            RequestIdReused, StorageFull, and what the prober raises.
        """
        if not upload.request_id:
            return await self.store(owner, upload, None)
        claim = Claim("upload", upload.request_id, upload.media.sha256)
        async with self._locks.hold((owner, claim.purpose, claim.request_id)):
            earlier = await self._vault.claimed(owner, claim)
            return earlier if earlier is not None else await self.store(owner, upload, claim)

    async def store(self, owner: str, upload: Upload, claim: Claim | None) -> resources_pb2.Media:
        """Inspects and stores an upload. Raises StorageFull, and what `inspect` raises."""
        info = await self.inspect(upload)
        return await self._vault.keep(owner, upload, info, claim)

    async def inspect(self, upload: Upload) -> media_pb2.MediaInfo:
        """What an upload is, kept or not. Raises what the prober raises."""
        return await in_thread_until_cancelled(self._prober, upload.media, upload.claimed_mime_type)

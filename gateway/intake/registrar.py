"""Makes stored media out of uploads: looked at in the sandbox first, stored once per idempotency key."""

from __future__ import annotations

from collections.abc import Callable

from gateway.door.quotas import Quotas
from gateway.intake.ingest import Upload
from gateway.intake.inspection import Inspection
from gateway.keeping.vault import Vault
from gateway.orders.places import RETRY_AFTER_S, Locks
from gateway.probing.watch import Doorkeeper
from gateway.scanning.scanner import Scanner
from gateway.storage.records import Claim, RequestIdTaken
from gateway.uninterrupted import in_thread_until_cancelled, side_by_side
from kit.errors import Overloaded
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.probe import Look
from telltale.gateway.v1 import resources_pb2

Prober = Callable[[CancelToken, MediaFile, str | None], Look]
"""Tells what a file is and looks like, given the type its sender claims. Blocks, until the token is cancelled. Raises
TelltaleError for what is refused."""


class Registrar:
    """Takes uploads in."""

    def __init__(
        self, vault: Vault, prober: Prober, scanner: Scanner, quotas: Quotas, doorkeeper: Doorkeeper, locks: Locks
    ) -> None:
        self._vault = vault
        self._prober = prober
        self._scanner = scanner
        self._quotas = quotas
        self._doorkeeper = doorkeeper
        self._locks = locks

    async def register(self, owner: str, upload: Upload) -> resources_pb2.Media:
        """Stores an upload, or finds what an equal request has stored.

        Raises:
            RequestIdReused, StorageFull, Overloaded, and what `inspect` raises.
        """
        if not upload.request_id:
            return await self.store(owner, upload, None)
        claim = Claim("upload", upload.request_id, upload.media.sha256)
        async with self._locks.hold((owner, claim.purpose, claim.request_id)):
            earlier = await self._vault.claimed(owner, claim)
            try:
                return earlier if earlier is not None else await self.store(owner, upload, claim)
            except RequestIdTaken:
                # Another process was faster with the same upload: theirs is ours.
                theirs = await self._vault.claimed(owner, claim)
                if theirs is None:
                    raise Overloaded(
                        "an equal upload was stored and deleted at this moment; send it again",
                        retry_after_s=RETRY_AFTER_S,
                    ) from None
                return theirs

    async def store(self, owner: str, upload: Upload, claim: Claim | None) -> resources_pb2.Media:
        """Inspects and stores an upload. Raises StorageFull, and what `inspect` raises."""
        return await self._vault.keep(owner, upload, await self.inspect(upload), claim)

    async def inspect(self, upload: Upload) -> Inspection:
        """What an upload is, kept or not.

        Raises:
            QuotaExceeded, TooManyNearDuplicates, StorageUnavailable, and what the prober and the scanner raise.
        """
        # Bytes count as soon as they are here, also those of a file that is refused; its playing time is known only behind that.
        await self._quotas.charge_bytes(upload.token_id, upload.media.size_bytes)
        probing = in_thread_until_cancelled(self._prober, upload.media, upload.claimed_mime_type)
        look, scan = await side_by_side(probing, self._scanner.scan(upload.media))
        # One by one: variants that come all at once would each be counted before any of them is noted.
        async with self._locks.hold(("variants", upload.token_id)):
            await self._doorkeeper.admit(upload.token_id, look)
        await self._quotas.charge_media(upload.token_id, look.info.duration.ToMilliseconds() / 1000)
        return Inspection(look.info, scan)

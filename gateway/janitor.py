"""Deletes what has expired, and files that lost their row to a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from gateway.audit.log import AuditLog
from gateway.audit.names import known_names
from gateway.ids import time_of
from gateway.sharing import Sharing
from gateway.storage.blobs import BlobStore
from gateway.storage.repository import MediaRepository
from gateway.uninterrupted import in_thread
from gateway.vault import Vault
from kit.clock import Clock
from kit.errors import NotFound, TelltaleError
from kit.log import get_logger

BATCH = 100
# Another gateway may be between writing a file and its row; nobody is there for this long.
ORPHAN_AGE = timedelta(hours=1)
_FAILURES = (OSError, TelltaleError, DBAPIError)


class Janitor:
    """Sweeps."""

    def __init__(
        self, vault: Vault, rows: MediaRepository, blobs: BlobStore, sharing: Sharing, clock: Clock, audit: AuditLog
    ) -> None:
        self._vault = vault
        self._rows = rows
        self._blobs = blobs
        self._sharing = sharing
        self._clock = clock
        self._audit = audit

    async def keep_sweeping(self, interval_s: float) -> None:
        """Sweeps until cancelled."""
        while True:
            try:
                await self.sweep()
                await self.sweep_orphans()
            except _FAILURES as error:
                get_logger().error("sweeping failed; the next sweep tries again", problem=str(error))
            await asyncio.sleep(interval_s)

    async def sweep(self) -> int:
        """Deletes all files whose time is over, with their analyses, and all links; how many files there were."""
        deleted = 0
        while batch := await self._rows.expired(self._clock.now(), BATCH):
            gone = sum([await self._delete(owner, media_id) for owner, media_id in batch])
            deleted += gone
            if not gone:
                break
        if deleted:
            get_logger().info("expired media deleted", count=deleted)
        if links := await self._sharing.sweep():
            get_logger().info("expired links deleted", count=links)
        return deleted

    async def sweep_orphans(self) -> int:
        """Deletes old files without a row; how many there were."""
        old = [key for key in await in_thread(self._blobs.keys) if self._is_old(key)]
        orphans = 0
        for start in range(0, len(old), BATCH):
            orphans += await self._delete_unknown(old[start : start + BATCH])
        return orphans

    async def _delete(self, owner: str, media_id: str) -> bool:
        """Whether the file is gone: one that cannot be deleted must not keep the others."""
        try:
            gone = await self._vault.delete(owner, media_id)
            await self._audit.tell_later("ExpireMedia", *known_names(gone.names), owner=owner)
        except NotFound:
            get_logger().debug("media was deleted by its owner meanwhile", media_id=media_id)
        except _FAILURES as error:
            get_logger().error(
                "expired media could not be deleted; the next sweep tries again", media_id=media_id, problem=str(error)
            )
            return False
        return True

    async def _delete_unknown(self, keys: Sequence[str]) -> int:
        known = await self._rows.known([key[:26] for key in keys])
        unknown = [key for key in keys if key not in known]
        for key in unknown:
            get_logger().warning("a file without a row is deleted", key=key)
            await in_thread(self._blobs.delete, key)
        return len(unknown)

    def _is_old(self, key: str) -> bool:
        try:
            return time_of(key[:26]) < self._clock.now() - ORPHAN_AGE
        except ValueError:
            return False  # None of ours: a file system's own, or somebody's. It is left alone.

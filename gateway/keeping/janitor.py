"""Deletes what has expired, and files that lost their row to a crash. Any number of janitors may be at it at once."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.audit.log import AuditLog
from gateway.audit.names import known_names
from gateway.jobs.patience import problem_of
from gateway.keeping.orphans import Orphans
from gateway.keeping.shredder import Shredder
from gateway.storage.repository import MediaRepository
from gateway.views.sharing import Sharing
from kit.clock import Clock
from kit.errors import NotFound
from kit.log import get_logger

BATCH = 100
ORPHANS_EVERY_S = 600.0
"""Stores on the network are listed for money."""


class Janitor:
    """Sweeps."""

    def __init__(
        self,
        shredder: Shredder,
        rows: MediaRepository,
        orphans: Sequence[Orphans],
        sharing: Sharing,
        clock: Clock,
        audit: AuditLog,
    ) -> None:
        self._shredder = shredder
        self._rows = rows
        self._orphans = orphans
        self._sharing = sharing
        self._clock = clock
        self._audit = audit

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
        return sum([await orphans.sweep() for orphans in self._orphans])

    async def _delete(self, owner: str, media_id: str) -> bool:
        """Whether the file is gone: one that cannot be deleted must not keep the others."""
        if problem := await problem_of(media_id, self._expire(owner, media_id)):
            get_logger().error(
                "expired media could not be deleted; the next sweep tries again", media_id=media_id, problem=problem
            )
        return not problem

    async def _expire(self, owner: str, media_id: str) -> None:
        try:
            # Consent outlives the file: that is what it is for.
            gone = await self._shredder.media(owner, media_id, contributed=False)
            await self._audit.tell_later("ExpireMedia", *known_names(gone.names), owner=owner)
        except NotFound:
            get_logger().debug("media was deleted by its owner or another janitor meanwhile", media_id=media_id)

"""Files of which no row speaks: a crash left them behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from gateway.ids import time_of
from gateway.keeping.contributed import PICTURE, TRUTH
from gateway.storage.blobs import BlobStore
from gateway.storage.evidence import SUFFIX
from gateway.storage.repository import ContributionRepository
from gateway.uninterrupted import in_thread
from kit.clock import Clock
from kit.log import get_logger

BATCH = 100
# Another gateway may be between writing a file and its row; nobody is there for this long. Uploads are long, evidence is short.
UPLOAD_AGE, EVIDENCE_AGE = timedelta(hours=1), timedelta(minutes=10)

Known = Callable[[Sequence[str]], Awaitable[frozenset[str]]]
"""Tells which of these keys a row speaks of."""


class Orphans:
    """Those of one store."""

    def __init__(self, blobs: BlobStore, known: Known, clock: Clock) -> None:
        self._blobs = blobs
        self._known = known
        self._clock = clock

    async def sweep(self) -> int:
        """Deletes files that are old and of which no row speaks; how many there were. Raises StorageUnavailable."""
        old = [key for key in await in_thread(self._blobs.keys) if self._is_old(key)]
        batches = (old[start : start + BATCH] for start in range(0, len(old), BATCH))
        return sum([await self._delete_unknown(batch) for batch in batches])

    async def _delete_unknown(self, keys: Sequence[str]) -> int:
        known = await self._known(keys)
        unknown = [key for key in keys if key not in known]
        for key in unknown:
            get_logger().warning("a file without a row is deleted", key=key)
            await in_thread(self._blobs.delete, key)
        return len(unknown)

    def _is_old(self, key: str) -> bool:
        age = EVIDENCE_AGE if key[26:].startswith(SUFFIX) else UPLOAD_AGE
        try:
            return time_of(key[:26]) < self._clock.now() - age
        except ValueError:
            return False  # None of ours: a file system's own, or somebody's. It is left alone.


def known_copies(rows: ContributionRepository) -> Known:
    """Which files of the store of contributions a row speaks of."""

    async def known(keys: Sequence[str]) -> frozenset[str]:
        ids = await rows.known([key[:26] for key in keys])
        return frozenset(key for key in keys if key[:26] in ids and key[26:] in (PICTURE, TRUTH))

    return known

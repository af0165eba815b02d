"""Evidence with its maps, in the media store: too long for rows, and a database forgets slowly."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from gateway.ids import new_id
from gateway.storage.blobs import BlobStore
from gateway.uninterrupted import in_thread
from kit.clock import Clock
from kit.errors import DigestMismatch, NotFound
from telltale.fusion.v1 import fusion_service_pb2

SUFFIX = ".evidence"
# Maps are flat for the most part; higher levels take several times as long and save little.
_LEVEL = 1


class EvidenceFiles:
    """Keeps what fusion was given.

    Every file has a name of its own, which is in the row of the analysis as soon as it counts. So who was thought dead and comes
    back writes beside what counts, never over it.
    """

    def __init__(self, blobs: BlobStore, clock: Clock) -> None:
        self._blobs = blobs
        self._clock = clock

    async def put(self, evidence: fusion_service_pb2.FuseRequest) -> str:
        """Stores it; the key of the file. Raises StorageFull, StorageUnavailable."""
        key = new_id(self._clock) + SUFFIX
        packed = await in_thread(zlib.compress, evidence.SerializeToString(), _LEVEL)
        await in_thread(self._blobs.put, key, len(packed), [packed])
        return key

    async def get(self, key: str) -> fusion_service_pb2.FuseRequest | None:
        """What is in a file; None when it is gone. Raises DigestMismatch when it is damaged, StorageUnavailable."""
        try:
            return await in_thread(self._read, key)
        except NotFound:
            return None

    async def delete(self, keys: Sequence[str]) -> None:
        """Deletes files; those that are gone already, too. Raises StorageUnavailable."""
        for key in keys:
            await in_thread(self._blobs.delete, key)

    def _read(self, key: str) -> fusion_service_pb2.FuseRequest:
        try:
            return fusion_service_pb2.FuseRequest.FromString(zlib.decompress(b"".join(self._blobs.chunks(key))))
        except zlib.error as error:
            raise DigestMismatch("the stored evidence is damaged; have the media judged again") from error

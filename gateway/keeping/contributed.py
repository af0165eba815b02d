"""Copies of pictures that their owners gave to us: files in a store of their own, each with its truth beside it."""

from __future__ import annotations

import json

from gateway.storage.blobs import BlobStore
from gateway.uninterrupted import in_thread
from kit.errors import NotConfigured
from telltale.gateway.v1 import resources_pb2

PICTURE, TRUTH = ".png", ".json"


class ContributedFiles:
    """Keeps the copies. Without a store everything raises NotConfigured: consent that cannot be taken back is none."""

    def __init__(self, blobs: BlobStore | None) -> None:
        self._blobs = blobs

    def require(self) -> BlobStore:
        """The store. Raises NotConfigured."""
        if self._blobs is None:
            raise NotConfigured("contributions are not set up here; the operator can do so by contributions_url")
        return self._blobs

    async def put_picture(self, contribution_id: str, png: bytes) -> None:
        """Stores the pixels. Raises StorageFull, StorageUnavailable."""
        await in_thread(self.require().put, contribution_id + PICTURE, len(png), [png])

    async def put_truth(self, contribution_id: str, truth: resources_pb2.Truth.ValueType) -> None:
        """Stores what is true of it, in place of what was said before. Raises StorageFull, StorageUnavailable."""
        text = json.dumps({"truth": resources_pb2.Truth.Name(truth).removeprefix("TRUTH_").lower()}).encode()
        await in_thread(self.require().put, contribution_id + TRUTH, len(text), [text])

    async def delete(self, contribution_id: str) -> None:
        """Deletes both, if they are there. Raises StorageUnavailable."""
        for ending in (PICTURE, TRUTH):
            await in_thread(self.require().delete, contribution_id + ending)

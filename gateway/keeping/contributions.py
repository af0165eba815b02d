"""Takes copies of pictures for making the detectors better, from whoever gives them, and gives them up again."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import cv2

from gateway.ids import contribution_name, id_in, new_id
from gateway.keeping.contributed import ContributedFiles
from gateway.keeping.vault import Vault
from gateway.orders.places import Slots
from gateway.report.eye import Pixels
from gateway.storage.records import Deletion
from gateway.storage.repository import ContributionRepository
from gateway.storage.times import to_timestamp
from gateway.uninterrupted import in_thread, uninterrupted
from kit.clock import Clock
from kit.errors import Internal, NotFound, UnsupportedMediaKind
from kit.media.file import MediaFile
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2

Truth: TypeAlias = resources_pb2.Truth.ValueType


class Developer(Protocol):
    """Makes pixels of a picture."""

    def whole(self, media: MediaFile) -> Pixels:
        """A photo in its own size, (H, W, 3), RGB, upright. Blocks. Raises TelltaleError for what cannot be decoded."""
        ...


class Contributions:
    """Copies hold pixels and nothing else of the file: no tags, no name, no digest."""

    def __init__(
        self,
        rows: ContributionRepository,
        files: ContributedFiles,
        vault: Vault,
        developer: Developer,
        places: Slots,
        clock: Clock,
    ) -> None:
        self._rows = rows
        self._files = files
        self._vault = vault
        self._developer = developer
        self._places = places
        self._clock = clock

    async def give(self, owner: str, media_id: str, truth: Truth) -> resources_pb2.Contribution:
        """Copies a stored picture, once; asked again, only what is true of it is replaced.

        Raises:
            NotConfigured, NotFound, UnsupportedMediaKind, Overloaded, StorageFull, StorageUnavailable.
        """
        self._files.require()
        media = await self._vault.get(owner, media_id)
        if media.info.kind != media_pb2.MEDIA_KIND_IMAGE:
            raise UnsupportedMediaKind("only pictures can be contributed; keep videos and recordings")
        given = await self._rows.of_media(owner, media_id) or await self._copy(owner, media, truth)
        return given if given.truth == truth else await self._correct(owner, given, truth)

    @uninterrupted
    async def take_back(self, owner: str, contribution_id: str) -> Deletion:
        """Deletes a copy. Raises NotFound, NotConfigured, StorageUnavailable."""
        given = await self._rows.get(owner, contribution_id)
        await self._files.delete(contribution_id)
        await self._rows.delete(owner, contribution_id)
        return Deletion((given.name,), frozenset({"contribution"}))

    async def _copy(self, owner: str, media: resources_pb2.Media, truth: Truth) -> resources_pb2.Contribution:
        async with self._places.place(), self._vault.open(media) as file:
            png = await in_thread(_png, self._developer, file)
        made = resources_pb2.Contribution(
            name=contribution_name(new_id(self._clock)), truth=truth, create_time=to_timestamp(self._clock.now())
        )
        return await self._keep(owner, media, made, png)

    @uninterrupted
    async def _keep(
        self, owner: str, media: resources_pb2.Media, made: resources_pb2.Contribution, png: bytes
    ) -> resources_pb2.Contribution:
        contribution_id = id_in(made.name)
        await self._files.put_picture(contribution_id, png)
        await self._files.put_truth(contribution_id, made.truth)
        try:
            kept = await self._rows.add(owner, id_in(media.name), made)
        except NotFound:  # The media were deleted meanwhile. What other errors leave behind, the janitor finds.
            await self._files.delete(contribution_id)
            raise
        if kept.name != made.name:
            await self._files.delete(contribution_id)
        return kept

    async def _correct(self, owner: str, given: resources_pb2.Contribution, truth: Truth) -> resources_pb2.Contribution:
        await self._files.put_truth(id_in(given.name), truth)
        await self._rows.correct(owner, id_in(given.name), truth)
        return await self._rows.get(owner, id_in(given.name))


def _png(developer: Developer, media: MediaFile) -> bytes:
    # Written from the pixels alone, so there is nothing of the file in it but these.
    encoded, png = cv2.imencode(".png", cv2.cvtColor(developer.whole(media), cv2.COLOR_RGB2BGR))
    if not encoded:
        raise Internal("the picture could not be written as PNG")
    return png.tobytes()

"""Draws maps: a bounded number at once, because evidence with its maps is megabytes, and so is a picture before it is packed."""

from __future__ import annotations

from gateway.ids import id_in
from gateway.orders.archive import Archive
from gateway.orders.places import Slots
from gateway.uninterrupted import in_thread
from gateway.views.heatmap import heatmap_png
from telltale.gateway.v1 import resources_pb2


class MapRoom:
    """Where maps are drawn."""

    def __init__(self, archive: Archive, slots: Slots) -> None:
        self._archive = archive
        self._slots = slots

    async def draw(self, owner: str, analysis: resources_pb2.Analysis, cue: str) -> bytes:
        """The map of one test as PNG. Raises NotFound, Overloaded."""
        async with self._slots.place():
            found = await self._archive.evidence_map(owner, id_in(analysis.name), cue)
            return await in_thread(heatmap_png, found, analysis.info)

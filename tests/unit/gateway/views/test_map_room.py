"""Maps are drawn a few at a time."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from gateway.orders.archive import Archive
from gateway.orders.places import Slots
from gateway.views.map_room import MapRoom
from kit.errors import Overloaded
from telltale.common.v1 import evidence_pb2
from telltale.gateway.v1 import resources_pb2


class SlowArchive:
    """Counts who reads at once, and lets them go together."""

    def __init__(self) -> None:
        self.reading = 0
        self.go = asyncio.Event()

    async def evidence_map(self, *_: str) -> evidence_pb2.EvidenceMap:
        self.reading += 1
        await self.go.wait()
        return evidence_pb2.EvidenceMap(width=2, height=2, values=bytes(4))


async def test_no_more_maps_are_read_at_once_than_there_are_places() -> None:
    archive, analysis = SlowArchive(), resources_pb2.Analysis(name="analyses/1")
    room = MapRoom(cast("Archive", archive), Slots(places=2, queue_length=1))
    drawn = [asyncio.ensure_future(room.draw("alice", analysis, "frequency")) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await room.draw("alice", analysis, "frequency")
    assert archive.reading == 2
    archive.go.set()
    assert all(png.startswith(b"\x89PNG") for png in await asyncio.gather(*drawn))

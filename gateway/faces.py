"""Face tracks on their way from the detector that finds them to those that look along them."""

from __future__ import annotations

import asyncio

from telltale.image.v1 import image_service_pb2


class Faces:
    """Hands the tracks of one piece of media over, or the news that there will be none."""

    def __init__(self) -> None:
        self._settled = asyncio.Event()
        self._tracks: image_service_pb2.FaceTracks | None = None

    def give(self, tracks: image_service_pb2.FaceTracks) -> None:
        """The tracks are there."""
        self._tracks = tracks
        self._settled.set()

    def give_up(self) -> None:
        """Who finds them has ended; without tracks by now there are none to wait for."""
        self._settled.set()

    async def wait(self) -> image_service_pb2.FaceTracks | None:
        """The tracks as soon as they are there; None when nobody could find them out."""
        await self._settled.wait()
        return self._tracks

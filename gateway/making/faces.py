"""Face tracks on their way from the detector that finds them to those that look along them."""

from __future__ import annotations

import asyncio

from telltale.image.v1 import image_service_pb2

ToCome = asyncio.Future[image_service_pb2.FaceTracks | None]
"""The tracks, or None when nobody could find them out; it never fails. Who waits for it shields it: others wait too."""


class Faces:
    """Hands the tracks of one piece of media over, or the news that there will be none.

    Attributes:
        basis: by what they were found; empty while there are none.
    """

    def __init__(self) -> None:
        self.to_come: ToCome = asyncio.get_running_loop().create_future()
        self.basis = ""

    def give(self, tracks: image_service_pb2.FaceTracks, basis: str) -> None:
        """The tracks are there. The first ones count."""
        if not self.to_come.done():
            self.basis = basis
            self.to_come.set_result(tracks)

    def give_up(self) -> None:
        """Nobody finds them any more; without tracks by now there are none to wait for."""
        if not self.to_come.done():
            self.to_come.set_result(None)

    async def wait(self) -> image_service_pb2.FaceTracks | None:
        """The tracks as soon as they are there; None when nobody could find them out."""
        return await asyncio.shield(self.to_come)

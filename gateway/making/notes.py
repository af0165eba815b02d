"""What detectors have seen so far, kept for whoever takes an interrupted analysis up again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from telltale.gateway.v1 import resources_pb2
from telltale.image.v1 import image_service_pb2


class Notes(Protocol):
    """Notes of one analysis.

    Attributes:
        parts: what detectors have found that had ended, by detector: analyses that hold nothing else.
        faces: the face tracks, all of them, where they are known.
    """

    parts: Mapping[str, resources_pb2.Analysis]
    faces: image_service_pb2.FaceTracks | None

    async def keep(self, detector: str, part: resources_pb2.Analysis) -> None:
        """A detector has ended. Raises StorageFull, StorageUnavailable."""
        ...

    async def keep_faces(self, faces: image_service_pb2.FaceTracks) -> None:
        """The faces are known. Raises StorageFull, StorageUnavailable."""
        ...


class WithRecalled:
    """Notes, and beside them what is taken over from earlier analyses, which needs no keeping: it is kept where it came from."""

    def __init__(self, notes: Notes, recalled: Mapping[str, resources_pb2.Analysis]) -> None:
        self._notes = notes
        self.parts: Mapping[str, resources_pb2.Analysis] = {**recalled, **notes.parts}
        self.faces = notes.faces

    async def keep(self, detector: str, part: resources_pb2.Analysis) -> None:
        """A detector has ended."""
        await self._notes.keep(detector, part)

    async def keep_faces(self, faces: image_service_pb2.FaceTracks) -> None:
        """The faces are known."""
        await self._notes.keep_faces(faces)


class NoNotes:
    """Keeps nothing: for what is over in a moment, and for what nobody wants kept."""

    def __init__(self) -> None:
        self.parts: Mapping[str, resources_pb2.Analysis] = {}
        self.faces: image_service_pb2.FaceTracks | None = None

    async def keep(self, detector: str, part: resources_pb2.Analysis) -> None:
        """Does nothing."""

    async def keep_faces(self, faces: image_service_pb2.FaceTracks) -> None:
        """Does nothing."""

"""Notes of an analysis in the database."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.storage.work_repository import WorkRepository
from telltale.gateway.v1 import resources_pb2
from telltale.image.v1 import image_service_pb2

_FACES = "faces"


class StoredNotes:
    """`gateway.making.notes.Notes` on rows."""

    def __init__(
        self,
        rows: WorkRepository,
        analysis_id: str,
        parts: Mapping[str, resources_pb2.Analysis],
        faces: image_service_pb2.FaceTracks | None,
    ) -> None:
        self._rows = rows
        self._analysis_id = analysis_id
        self.parts = parts
        self.faces = faces

    @classmethod
    async def read(cls, rows: WorkRepository, analysis_id: str) -> StoredNotes:
        """What was noted so far."""
        kept = dict(await rows.parts(analysis_id))
        faces = kept.pop(_FACES, None)
        parts = {name: resources_pb2.Analysis.FromString(document) for name, document in kept.items()}
        found = None if faces is None else image_service_pb2.FaceTracks.FromString(faces)
        return cls(rows, analysis_id, parts, found)

    async def keep(self, detector: str, part: resources_pb2.Analysis) -> None:
        """A detector has ended."""
        await self._rows.keep_part(self._analysis_id, detector, part.SerializeToString())

    async def keep_faces(self, faces: image_service_pb2.FaceTracks) -> None:
        """The faces are known."""
        await self._rows.keep_part(self._analysis_id, _FACES, faces.SerializeToString())

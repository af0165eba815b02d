"""Deletes, and leaves nothing: work on it is stopped first, files go before the rows that name them."""

from __future__ import annotations

from dataclasses import replace

from gateway.jobs.engine import Engine
from gateway.keeping.contributed import ContributedFiles
from gateway.storage.blobs import BlobStore
from gateway.storage.evidence import EvidenceFiles
from gateway.storage.records import Deletion
from gateway.storage.repository import AnalysisRepository, MediaRepository
from gateway.uninterrupted import in_thread, uninterrupted


class Shredder:
    """Deletes media and analyses with all that was made of them.

    A deletion that breaks off, by a crash or because a store is away, is begun again by whoever asks for it again: rows go last.
    """

    def __init__(
        self,
        media: MediaRepository,
        analyses: AnalysisRepository,
        blobs: BlobStore,
        evidence: EvidenceFiles,
        contributed: ContributedFiles,
        engine: Engine,
    ) -> None:
        self._media = media
        self._analyses = analyses
        self._blobs = blobs
        self._evidence = evidence
        self._contributed = contributed
        self._engine = engine

    @uninterrupted
    async def media(self, owner: str, media_id: str, *, contributed: bool = True) -> Deletion:
        """Deletes a file and all that was made of it; unless `contributed`, not the copy that was given to us.

        Raises NotFound, StorageUnavailable.
        """
        doomed = await self._media.belongings(owner, media_id, contributed=contributed)
        before = await self._clear(doomed)
        gone = await self._media.delete(owner, media_id, contributed=contributed)
        return await self._clear_rest(gone, doomed, before)

    @uninterrupted
    async def analysis(self, owner: str, analysis_id: str) -> Deletion:
        """Deletes an analysis and all that hangs on it. Raises NotFound, StorageUnavailable."""
        doomed = await self._analyses.belongings(owner, analysis_id)
        before = await self._clear(doomed)
        gone = await self._analyses.delete(owner, analysis_id)
        return await self._clear_rest(gone, doomed, before)

    async def _clear_rest(self, gone: Deletion, doomed: Deletion, before: frozenset[str]) -> Deletion:
        """What somebody has made until the rows were gone. Media and evidence are written once, so what is gone stays so."""
        evidence = tuple(key for key in gone.evidence if key not in doomed.evidence)
        after = await self._clear(replace(gone, file="", evidence=evidence))
        return replace(gone, artefacts=gone.artefacts | before | after)

    async def _clear(self, doomed: Deletion) -> frozenset[str]:
        """Jobs and files; kinds of those that were there and that no row tells of."""
        found = {"jobs": await self._engine.forget(doomed.jobs)}
        if doomed.file:
            found["file"] = await in_thread(self._blobs.delete, doomed.file)
        await self._evidence.delete(doomed.evidence)
        for contribution_id in doomed.contributions:
            await self._contributed.delete(contribution_id)
        return frozenset(kind for kind, there in found.items() if there)

"""Takes orders for analyses: one per idempotency key, bounded in number, recorded from the first moment to the last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.archive import Archive
from gateway.case import Case, Publish, is_complete
from gateway.detect import Detection
from gateway.ingest import Upload
from gateway.judge import Judge
from gateway.places import Locks, Slots
from gateway.registrar import Registrar
from gateway.storage.repository import Claim
from gateway.vault import Vault
from kit.clock import Clock
from kit.errors import DetectorUnavailable
from kit.media.file import MediaFile
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2

_SUCCEEDED = resources_pb2.ANALYSIS_STATE_SUCCEEDED


@dataclass(frozen=True)
class Order:
    """How somebody wants a stored file to be judged.

    Attributes:
        request_id: the client's idempotency key; empty when there is none.
        depth: how much of it to look at.
        language: of the verdict's sentences, a BCP 47 tag; English when empty.
    """

    request_id: str
    depth: media_pb2.Depth.ValueType
    language: str


class Desk:
    """Has files judged."""

    def __init__(
        self,
        registrar: Registrar,
        vault: Vault,
        archive: Archive,
        detection: Detection,
        judge: Judge,
        slots: Slots,
        locks: Locks,
        clock: Clock,
    ) -> None:
        self._registrar = registrar
        self._vault = vault
        self._archive = archive
        self._detection = detection
        self._judge = judge
        self._slots = slots
        self._locks = locks
        self._clock = clock

    def refuse_when_full(self) -> None:
        """Raises Overloaded when an order would be refused anyway."""
        self._slots.refuse_when_full()

    async def judge_upload(self, owner: str, upload: Upload, publish: Publish) -> resources_pb2.Analysis:
        """Stores and judges an upload; `publish` sees the steps of longer media.

        Raises:
            RequestIdReused, Overloaded, StorageFull, DetectorUnavailable (no fusion), and what the prober raises.
        """
        claim = _claim(upload.request_id, upload.media.sha256)
        async with self._turn(owner, claim):
            analysis = await self._archive.claimed(owner, upload.depth, claim)
            if analysis is None:
                media = await self._registrar.store(owner, upload, None)
                analysis = await self._archive.begin(owner, media, upload.depth, claim)
            return await self._complete(owner, analysis, upload.media, upload.language, publish)

    async def judge_stored(self, owner: str, media_id: str, order: Order, publish: Publish) -> resources_pb2.Analysis:
        """Judges a stored file; an earlier attempt that failed after detection is taken up again.

        Raises:
            NotFound, RequestIdReused, Overloaded, StorageFull, DetectorUnavailable (no fusion).
        """
        media = await self._vault.get(owner, media_id)
        claim = _claim(order.request_id, media.info.sha256)
        async with self._turn(owner, claim):
            analysis = await self._archive.resumable(owner, media_id, order.depth, claim)
            if analysis is None:
                analysis = await self._archive.begin(owner, media, order.depth, claim)
            async with self._vault.open(media) as file:
                return await self._complete(owner, analysis, file, order.language, publish)

    @asynccontextmanager
    async def _turn(self, owner: str, claim: Claim | None) -> AsyncIterator[None]:
        key = None if claim is None else (owner, claim.purpose, claim.request_id)
        async with self._locks.hold(key), self._slots.place():
            yield

    async def _complete(
        self, owner: str, analysis: resources_pb2.Analysis, media: MediaFile, language: str, publish: Publish
    ) -> resources_pb2.Analysis:
        if analysis.state == _SUCCEEDED:
            return analysis
        case = Case(analysis, _silent if analysis.info.kind == media_pb2.MEDIA_KIND_IMAGE else publish, self._clock)
        evidence: fusion_service_pb2.FuseRequest | None = None
        try:
            evidence = await self._evidence(owner, case, media)
            # Kept with the evidence, so that a verdict is replayed in its own words; it changes no number.
            evidence.language = language
            case.show_evidence(evidence)
            case.conclude(await self._judge.judge(evidence))
        except DetectorUnavailable as error:
            error.details.update(media=analysis.media, analysis=analysis.name)
            raise
        finally:
            await self._archive.end(owner, analysis, evidence)
        return analysis

    async def _evidence(self, owner: str, case: Case, media: MediaFile) -> fusion_service_pb2.FuseRequest:
        kept = await self._archive.kept_evidence(owner, case.analysis)
        if kept is not None and is_complete(kept):
            return kept
        return await self._detection.run(case, media)


def _claim(request_id: str, sha256: str) -> Claim | None:
    return Claim("analyze", request_id, sha256) if request_id else None


def _silent(_: resources_pb2.Analysis) -> None:
    """A photo's answer is the finished analysis alone."""

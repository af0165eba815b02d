"""The records of analyses: begun, ended, found again, each one its owner's alone."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.ids import analysis_name, id_in, new_id
from gateway.paging import Page, cut
from gateway.places import RETRY_AFTER_S
from gateway.plan import settled
from gateway.search import Search
from gateway.storage.repository import AnalysisRepository, Claim, Deletion
from gateway.storage.times import to_timestamp
from kit.clock import Clock
from kit.errors import NotFound, Overloaded, RequestIdReused
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2

_RUNNING = resources_pb2.ANALYSIS_STATE_RUNNING
_FAILED = resources_pb2.ANALYSIS_STATE_FAILED
_SUCCEEDED = resources_pb2.ANALYSIS_STATE_SUCCEEDED


class Archive:
    """Keeps analyses."""

    def __init__(self, rows: AnalysisRepository, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    async def begin(
        self, owner: str, media: resources_pb2.Media, depth: media_pb2.Depth.ValueType, claim: Claim | None
    ) -> resources_pb2.Analysis:
        """A new analysis, recorded as running. Raises NotFound when the media was deleted meanwhile."""
        analysis = resources_pb2.Analysis(
            name=analysis_name(new_id(self._clock)),
            media=media.name,
            info=media.info,
            display_name=media.display_name,
            state=_RUNNING,
            create_time=to_timestamp(self._clock.now()),
            request_id=claim.request_id if claim else "",
            depth=depth,
        )
        await self._rows.add(owner, analysis, claim)
        return analysis

    async def end(
        self, owner: str, analysis: resources_pb2.Analysis, evidence: fusion_service_pb2.FuseRequest | None
    ) -> None:
        """Records how it ended; without a verdict it has failed."""
        if analysis.state != _SUCCEEDED:
            analysis.state = _FAILED
        analysis.complete_time.CopyFrom(to_timestamp(self._clock.now()))
        await self._rows.save(owner, analysis, evidence)

    async def claimed(
        self, owner: str, depth: media_pb2.Depth.ValueType, claim: Claim | None
    ) -> resources_pb2.Analysis | None:
        """The analysis that an equal request made. Raises RequestIdReused; Overloaded when another process is at it."""
        found = None if claim is None else await self._rows.claimed(owner, claim)
        if found is not None and settled(found.depth) != depth:
            raise RequestIdReused(
                f"request_id {found.request_id} came before with another depth; use a new UUID for every new request",
                request_id=found.request_id,
            )
        if found is not None and found.state == _RUNNING:
            raise Overloaded(
                "an equal request is at work elsewhere; ask again for its result", retry_after_s=RETRY_AFTER_S
            )
        return found

    async def resumable(
        self, owner: str, media_id: str, depth: media_pb2.Depth.ValueType, claim: Claim | None
    ) -> resources_pb2.Analysis | None:
        """The analysis of an equal request; without a key, one of this file and depth that only lacks its verdict."""
        if claim is not None:
            return await self.claimed(owner, depth, claim)
        unjudged = await self._rows.unjudged(owner, media_id)
        return next((analysis for analysis in unjudged if settled(analysis.depth) == depth), None)

    async def kept_evidence(
        self, owner: str, analysis: resources_pb2.Analysis
    ) -> fusion_service_pb2.FuseRequest | None:
        """Evidence of an earlier attempt; there is none when this is the first."""
        return await self._rows.evidence(owner, id_in(analysis.name)) if analysis.state == _FAILED else None

    async def get(self, owner: str, analysis_id: str) -> resources_pb2.Analysis:
        """One analysis. Raises NotFound."""
        return await self._rows.get(owner, analysis_id)

    async def judged(self, owner: str, analysis_id: str) -> resources_pb2.Analysis:
        """One analysis that has its verdict. Raises NotFound."""
        analysis = await self._rows.get(owner, analysis_id)
        if analysis.state != _SUCCEEDED:
            raise NotFound(f"{analysis.name} has no verdict (yet), so there is no report", name=analysis.name)
        return analysis

    async def record(
        self, owner: str, analysis_id: str
    ) -> tuple[resources_pb2.Analysis, fusion_service_pb2.FuseRequest]:
        """One analysis that has its verdict, and what was judged. Raises NotFound."""
        analysis = await self.judged(owner, analysis_id)
        request = await self._rows.evidence(owner, analysis_id)
        if request is None:
            raise NotFound(f"the evidence of {analysis.name} is not stored, so there is no report", name=analysis.name)
        return analysis, request

    async def page(self, owner: str, page: Page, search: Search) -> tuple[Sequence[resources_pb2.Analysis], str]:
        """Analyses that are looked for, newest first, and the token of the next page."""
        return cut(await self._rows.page(owner, page, search), page)

    async def delete(self, owner: str, analysis_id: str) -> Deletion:
        """Deletes an analysis and all that hangs on it; what went. Raises NotFound."""
        return await self._rows.delete(owner, analysis_id)

    async def evidence_map(self, owner: str, analysis_id: str, cue: str) -> evidence_pb2.EvidenceMap:
        """The map of one test. Raises NotFound."""
        request = await self._rows.evidence(owner, analysis_id)
        for piece in request.evidence if request is not None else ():
            if piece.cue == cue and piece.finding.HasField("map"):
                return piece.finding.map
        raise NotFound(f"test {cue!r} gave no map for {analysis_name(analysis_id)}; `maps` of the analysis lists all")

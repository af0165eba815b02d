"""The records of analyses: begun, found again, each one its owner's alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway.ids import analysis_name, id_in, new_id
from gateway.making.plan import settled
from gateway.orders.order import Order
from gateway.paging import Page, cut
from gateway.search import Search
from gateway.storage.records import Claim, Commission, NewAnalysis, Terms
from gateway.storage.repository import AnalysisRepository
from gateway.storage.times import to_timestamp
from kit.clock import Clock
from kit.errors import NotFound, RequestIdReused
from kit.telemetry.tracing import here
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2

_SUCCEEDED = resources_pb2.ANALYSIS_STATE_SUCCEEDED


class Archive:
    """Keeps analyses."""

    def __init__(self, rows: AnalysisRepository, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    async def begin(self, owner: str, orders: Sequence[tuple[resources_pb2.Media, Order]]) -> Sequence[Commission]:
        """New analyses, recorded as waiting: all or none.

        Raises:
            NotFound: media were deleted meanwhile.
            RequestIdTaken: another process was faster with a key.
        """
        now = self._clock.now()
        made = [self._new(owner, media, order, now) for media, order in orders]
        await self._rows.add(
            owner,
            [
                NewAnalysis(commission.analysis, commission.terms, _claim(order, media))
                for commission, (media, order) in zip(made, orders, strict=True)
            ],
        )
        return made

    def renewed(self, owner: str, failed: resources_pb2.Analysis, order: Order) -> Commission:
        """An analysis that has failed as it waits for its next attempt, on the terms of a new order."""
        analysis = resources_pb2.Analysis()
        analysis.CopyFrom(failed)
        analysis.state = resources_pb2.ANALYSIS_STATE_QUEUED
        for stale in ("error", "complete_time", "deadline"):
            analysis.ClearField(stale)
        return _commission(owner, analysis, order, self._clock.now())

    def _new(self, owner: str, media: resources_pb2.Media, order: Order, now: datetime) -> Commission:
        analysis = resources_pb2.Analysis(
            name=analysis_name(new_id(self._clock)),
            media=media.name,
            info=media.info,
            display_name=media.display_name,
            state=resources_pb2.ANALYSIS_STATE_QUEUED,
            create_time=to_timestamp(now),
            request_id=order.request_id,
            depth=order.depth,
            retention=resources_pb2.RETENTION_STANDARD,
            fresh=order.fresh,
        )
        return _commission(owner, analysis, order, now)

    async def claimed(self, owner: str, order: Order, sha256: str) -> resources_pb2.Analysis | None:
        """The analysis that an equal request made. Raises RequestIdReused."""
        if not order.request_id:
            return None
        found = await self._rows.claimed(owner, Claim("analyze", order.request_id, sha256))
        if found is not None and (settled(found.depth), found.fresh) != (order.depth, order.fresh):
            other = "depth" if found.fresh == order.fresh else "wish for a fresh look"
            raise RequestIdReused(
                f"request_id {found.request_id} came before with another {other}; use a new UUID for every new request",
                request_id=found.request_id,
            )
        return found

    async def resumable(self, owner: str, media: resources_pb2.Media, order: Order) -> resources_pb2.Analysis | None:
        """The analysis of an equal request; without a key, one of this file and depth that only lacks its verdict."""
        if order.request_id:
            return await self.claimed(owner, order, media.info.sha256)
        if order.fresh:
            return None
        unjudged = await self._rows.unjudged(owner, id_in(media.name))
        return next((analysis for analysis in unjudged if settled(analysis.depth) == order.depth), None)

    async def newer(self, owner: str, analysis_id: str, revision: int) -> tuple[resources_pb2.Analysis, int] | None:
        """One analysis and its revision, when that is above `revision`. Raises NotFound."""
        return await self._rows.newer(owner, analysis_id, revision)

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

    async def evidence_map(self, owner: str, analysis_id: str, cue: str) -> evidence_pb2.EvidenceMap:
        """The map of one test. Raises NotFound."""
        request = await self._rows.evidence(owner, analysis_id)
        for piece in request.evidence if request is not None else ():
            if piece.cue == cue and piece.finding.HasField("map"):
                return piece.finding.map
        raise NotFound(f"test {cue!r} gave no map for {analysis_name(analysis_id)}; `maps` of the analysis lists all")


def _commission(owner: str, analysis: resources_pb2.Analysis, order: Order, now: datetime) -> Commission:
    deadline = None if order.wanted_within is None else now + order.wanted_within
    if deadline is not None:
        analysis.deadline.CopyFrom(to_timestamp(deadline))
    analysis.priority = order.priority
    return Commission(owner, analysis, Terms(order.token_id, order.language, deadline, order.notify_url, here()))


def _claim(order: Order, media: resources_pb2.Media) -> Claim | None:
    return Claim("analyze", order.request_id, media.info.sha256) if order.request_id else None

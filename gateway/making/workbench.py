"""Where analyses are made: what the job engine runs, again after a crash, and to no harm when it runs twice."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime

from gateway.ids import id_in
from gateway.keeping.vault import Vault
from gateway.making.case import Case, is_complete
from gateway.making.detect import Detection
from gateway.making.judge import Judge
from gateway.making.notes import NoNotes, Notes, WithRecalled
from gateway.making.progress import Progress
from gateway.making.recall import Recall
from gateway.making.stored_notes import StoredNotes
from gateway.notify.courier import Courier
from gateway.orders.bulletin import Bulletin
from gateway.orders.endings import Endings
from gateway.storage.records import Commission
from gateway.storage.repository import MediaRepository
from gateway.storage.work_repository import WorkRepository
from kit.clock import Clock
from kit.errors import (
    DeadlineExceeded,
    DetectorUnavailable,
    NotFound,
    Overloaded,
    StorageFull,
    StorageUnavailable,
    TelltaleError,
)
from kit.telemetry.tracing import continuing
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2

_PASSING = (DetectorUnavailable, StorageUnavailable, StorageFull, Overloaded)
"""What may be over when it is tried again later."""


@dataclass(frozen=True)
class Tools:
    """What a workbench works with.

    Attributes:
        recall: looks into earlier analyses; None where nothing is taken over.
    """

    rows: WorkRepository
    media: MediaRepository
    vault: Vault
    detection: Detection
    judge: Judge
    endings: Endings
    bulletin: Bulletin
    courier: Courier
    clock: Clock
    recall: Recall | None = None


class Workbench:
    """`gateway.jobs.engine.Work`."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def examine(self, analysis_id: str) -> None:
        """Has the detectors look at the media and stores what they saw. Raises TelltaleError when that may yet work."""
        commission = await self._tools.rows.take_up(analysis_id)
        if commission is None:
            return
        self._tools.bulletin.changed(commission.analysis.name)
        kept = await self._tools.rows.evidence(analysis_id)
        if kept is None or not is_complete(kept.evidence):
            with continuing("examine", commission.terms.traceparent):
                await self._within_deadline(commission, self._detect(commission))
        elif kept.language != commission.terms.language:
            # Asked for again after a failure, and by somebody who reads another language.
            kept.language = commission.terms.language
            await self._tools.rows.examined(commission.analysis, kept)

    async def judge(self, analysis_id: str) -> None:
        """Has the evidence fused and ends the analysis. Raises TelltaleError when that may yet work."""
        commission = await self._tools.rows.take_up(analysis_id)
        if commission is not None:
            with continuing("judge", commission.terms.traceparent):
                await self._within_deadline(commission, self._conclude(commission))

    async def fail(self, analysis_id: str, problem: str) -> None:
        """Ends an analysis that was tried often enough."""
        commission = await self._tools.rows.take_up(analysis_id)
        if commission is not None:
            analysis = commission.analysis
            error = DetectorUnavailable(problem, retry_after_s=2.0, media=analysis.media, analysis=analysis.name)
            await self._tools.endings.fail(commission, error)

    async def deliver(self, notification_id: str) -> float | None:
        """Tries once to deliver a notification; None: nothing is left to do, otherwise seconds until the next attempt."""
        return await self._tools.courier.deliver(notification_id)

    async def _within_deadline(self, commission: Commission, work: Coroutine[None, None, None]) -> None:
        deadline = asyncio.timeout(self._left_s(commission.terms.deadline))
        try:
            async with deadline:
                await work
        except TimeoutError:
            if not deadline.expired():
                raise  # Somebody else's, which says nothing about whether the answer is wanted.
            await self._tools.endings.fail(commission, DeadlineExceeded("the answer was not wanted any longer"))
        except _PASSING:
            raise
        except TelltaleError as error:
            await self._tools.endings.fail(commission, error)

    def _left_s(self, deadline: datetime | None) -> float | None:
        return None if deadline is None else max(0.0, (deadline - self._tools.clock.now()).total_seconds())

    async def _detect(self, commission: Commission) -> None:
        analysis = commission.analysis
        try:
            media = await self._tools.media.get(commission.owner, id_in(analysis.media))
            async with self._tools.vault.open(media) as file, self._progress(analysis) as progress:
                case = Case(analysis, progress.publish, self._tools.clock)
                evidence = await self._tools.detection.run(case, file, await self._known(commission))
        except NotFound as error:
            # Of what was deleted while we were at it the next attempt finds no row; where the row stays, the store has lost it.
            raise StorageUnavailable(f"the file of {analysis.media} is not in the store; upload it again") from error
        # Kept with the evidence, so that a verdict is replayed in its own words; it changes no number.
        evidence.language = commission.terms.language
        case.show_evidence(evidence)
        await self._tools.rows.examined(analysis, evidence)

    async def _conclude(self, commission: Commission) -> None:
        analysis = commission.analysis
        evidence = await self._tools.rows.evidence(id_in(analysis.name))
        if evidence is None:
            raise StorageUnavailable(f"the evidence of {analysis.name} is not in the store; ask for the analysis again")
        analysis.verdict.CopyFrom(await self._tools.judge.judge(evidence))
        await self._tools.endings.succeed(commission)

    async def _known(self, commission: Commission) -> Notes:
        """What need not be asked (again)."""
        analysis, recall = commission.analysis, self._tools.recall
        notes = await self._notes(analysis)
        if recall is None or analysis.fresh:
            return notes
        return WithRecalled(notes, await recall.parts(commission.owner, analysis, notes))

    async def _notes(self, analysis: resources_pb2.Analysis) -> Notes:
        # A photo is examined again sooner than its parts are written.
        if analysis.info.kind == media_pb2.MEDIA_KIND_IMAGE:
            return NoNotes()
        return await StoredNotes.read(self._tools.rows, id_in(analysis.name))

    def _progress(self, analysis: resources_pb2.Analysis) -> Progress:
        return Progress(self._tools.rows, self._tools.bulletin, stored=analysis.info.kind != media_pb2.MEDIA_KIND_IMAGE)

"""Asks all detectors at once under one time budget. None of them can lose a request: who fails or is late abstains."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Protocol

from gateway.case import Case, DetectorEvent
from gateway.plan import Assignment, plan_for
from kit.errors import DeadlineExceeded, TelltaleError
from kit.media.file import MediaFile
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import fusion_service_pb2


class Detector(Protocol):
    """A detector, wherever it runs."""

    def examine(
        self, info: media_pb2.MediaInfo, media: MediaFile, budget_s: float
    ) -> AsyncGenerator[DetectorEvent, None]:
        """What it sees, as soon as it sees it. Raises TelltaleError; stops its work when the iteration is closed."""
        ...


class Detection:
    """Runs the plan of a case."""

    def __init__(self, detectors: Mapping[str, Detector], budget_s: float) -> None:
        self._detectors = detectors
        self._budget_s = budget_s

    async def run(self, case: Case, media: MediaFile) -> fusion_service_pb2.FuseRequest:
        """Fills the case; the evidence for fusion, complete in the sense that every planned test has an entry."""
        plan = plan_for(case.analysis.info.kind)
        for piece in plan.not_applicable:
            case.take(piece)
        case.open(plan.assignments)
        async with asyncio.TaskGroup() as group:
            for assignment in plan.assignments:
                group.create_task(self._consult(assignment, case, media))
        return case.fuse_request()

    async def _consult(self, assignment: Assignment, case: Case, media: MediaFile) -> None:
        case.start(assignment)
        events = self._detectors[assignment.detector].examine(case.analysis.info, media, self._budget_s)
        try:
            async with asyncio.timeout(self._budget_s), aclosing(events):
                async for event in events:
                    case.take(event)
        except TimeoutError:
            case.fail(assignment, DeadlineExceeded(f"no answer within {self._budget_s:g} s"))
        except TelltaleError as error:
            case.fail(assignment, error)
        else:
            case.finish(assignment)

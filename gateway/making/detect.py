"""Asks all detectors at once under one time budget. None of them can lose a request: who fails or is late abstains."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from gateway.making.budgets import Budgets
from gateway.making.case import Basis, Case, DetectorEvent
from gateway.making.faces import Faces, ToCome
from gateway.making.notes import Notes
from gateway.making.plan import Assignment, asked_about
from gateway.metrics import EVIDENCE
from kit.errors import DeadlineExceeded, DetectorUnavailable, Overloaded, StorageFull, StorageUnavailable, TelltaleError
from kit.log import get_logger
from kit.media.file import MediaFile
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.image.v1 import image_service_pb2


@dataclass(frozen=True)
class Inquiry:
    """What a detector is asked.

    Attributes:
        depth: how much of a video or a recording to look at.
        budget_s: seconds until the answer must be complete.
        late_tracks: the faces as soon as they are known, for who starts without them.
        tracks: the faces, where they are known; None: whoever needs them finds them.
    """

    info: media_pb2.MediaInfo
    media: MediaFile
    depth: media_pb2.Depth.ValueType
    budget_s: float
    late_tracks: ToCome
    tracks: image_service_pb2.FaceTracks | None = None


class Detector(Protocol):
    """A detector, wherever it runs."""

    def examine(self, inquiry: Inquiry) -> AsyncGenerator[DetectorEvent, None]:
        """What it sees, as soon as it sees it. Raises TelltaleError; stops its work when the iteration is closed."""
        ...


class Detection:
    """Runs the plan of a case.

    Attributes:
        patience: seconds to wait before each new attempt at a detector that cannot be reached, in order.
    """

    def __init__(self, detectors: Mapping[str, Detector], budgets: Budgets, patience: Sequence[float] = ()) -> None:
        self._detectors = detectors
        self._budgets = budgets
        self._patience = tuple(patience)

    async def run(self, case: Case, media: MediaFile, notes: Notes) -> fusion_service_pb2.FuseRequest:
        """Fills the case; the evidence for fusion, complete in the sense that every planned test has an entry.

        Detectors that have ended according to the notes are not asked again. Raises what keeping a note raises.
        """
        kind = case.analysis.info.kind
        assignments = asked_about(kind)
        case.open(assignments)
        budget_s = self._budgets.of(kind, case.analysis.depth)
        consultation = _Consultation(self._detectors, case, media, budget_s, notes, self._patience)
        if not any(assignment.faces == "finds" for assignment in assignments):
            consultation.expect_no_faces()
        try:
            async with asyncio.TaskGroup() as group:
                for assignment in assignments:
                    group.create_task(consultation.hold(assignment))
        except ExceptionGroup as problems:
            # Callers know errors, not groups of them.
            raise problems.exceptions[0] from problems
        return case.fuse_request()


class _Consultation:
    """All detectors on one piece of media. Waiting for faces counts as time spent."""

    def __init__(
        self,
        detectors: Mapping[str, Detector],
        case: Case,
        media: MediaFile,
        budget_s: float,
        notes: Notes,
        patience: Sequence[float],
    ) -> None:
        self._detectors = detectors
        self._case = case
        self._media = media
        self._budget_s = budget_s
        self._notes = notes
        self._patience = patience
        self._end_s = asyncio.get_running_loop().time() + budget_s
        self._faces = Faces()

    def expect_no_faces(self) -> None:
        """Nobody looks for them."""
        self._faces.give_up()

    async def hold(self, assignment: Assignment) -> None:
        """Asks one detector and notes how it ended."""
        part = self._notes.parts.get(assignment.detector)
        if part is not None:
            self._restore(assignment, part)
            return
        try:
            async with asyncio.timeout_at(self._end_s):
                await self._insist(assignment)
        except TimeoutError:
            self._case.fail(assignment, DeadlineExceeded(f"no answer within {self._budget_s:g} s"))
        except (StorageUnavailable, StorageFull):
            raise  # Our notes could not be kept: no fault of the detector, and the whole is tried again.
        except TelltaleError as error:
            self._case.fail(assignment, error)
        else:
            self._case.sign(assignment, self._faces.basis if assignment.faces in ("awaits", "late") else "")
            self._case.finish(assignment)
            EVIDENCE.add(detector=assignment.detector, origin="computed")
            await self._notes.keep(assignment.detector, self._case.part(assignment))
        finally:
            if assignment.faces == "finds":
                self._faces.give_up()

    def _restore(self, assignment: Assignment, part: resources_pb2.Analysis) -> None:
        self._case.restore(assignment, part)
        if assignment.faces == "finds":
            if self._notes.faces is not None:
                self._faces.give(self._notes.faces, self._case.basis(assignment))
            self._faces.give_up()

    async def _insist(self, assignment: Assignment) -> None:
        for pause_s in self._patience:
            try:
                return await self._hear(assignment)
            except (DetectorUnavailable, Overloaded) as error:
                get_logger().warning(
                    "a detector cannot be reached; asking again", detector=assignment.detector, problem=error.message
                )
            await asyncio.sleep(pause_s)
        return await self._hear(assignment)

    async def _hear(self, assignment: Assignment) -> None:
        tracks = await self._faces.wait() if assignment.faces == "awaits" else None
        self._case.start(assignment)
        events = self._detectors[assignment.detector].examine(self._inquiry(tracks))
        async with aclosing(events):
            async for event in events:
                await self._note(assignment, event)

    async def _note(self, assignment: Assignment, event: DetectorEvent) -> None:
        if isinstance(event, media_pb2.Progress):
            self._case.advance(assignment, event.done_share)
            return
        if isinstance(event, Basis):
            self._case.identify(assignment, event)
            return
        self._case.take(assignment, event)
        if assignment.faces == "finds" and isinstance(event, image_service_pb2.FaceTracks):
            self._faces.give(event, self._case.basis(assignment))
            await self._notes.keep_faces(event)

    def _inquiry(self, tracks: image_service_pb2.FaceTracks | None) -> Inquiry:
        info, depth = self._case.analysis.info, self._case.analysis.depth
        left_s = max(0.0, self._end_s - asyncio.get_running_loop().time())
        return Inquiry(info, self._media, depth, left_s, self._faces.to_come, tracks)

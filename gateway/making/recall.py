"""What detectors said of the same bytes before, where they would say the same again: taken over instead of being asked for.

A detector's part of an earlier analysis is taken over whole, or not at all. It must be complete; it must have been given for the
same facts and the same depth, to the same owner; and the service must answer by the very program and models by which it answered
then. Who looks along the faces goes only together with who found them, out of one analysis in which they were found by just those
models, so that no two parts ever speak of different faces. What changes between our question and the end of the analysis changes
none of this: what is taken over is what the service would have said when it was asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Protocol

from gateway.ids import id_in
from gateway.making.case import is_complete
from gateway.making.notes import Notes
from gateway.making.plan import Assignment, asked_about, depth_counts, settled
from gateway.metrics import EVIDENCE
from gateway.storage.work_repository import WorkRepository
from kit.clock import Clock
from kit.errors import DigestMismatch, TelltaleError
from kit.log import get_logger
from telltale.common.v1 import evidence_pb2
from telltale.gateway.v1 import resources_pb2

ASKING_S = 0.5
"""Seconds in which a service says by what it answers; one that is slower is asked about the file itself."""
MOST_EARLIER = 4
"""Newest analyses that are looked at: documents about long videos are a megabyte each."""

Parts = Mapping[str, resources_pb2.Analysis]
"""What detectors have found, by detector: analyses that hold nothing else."""


class Service(Protocol):
    """A detector's service, wherever it runs."""

    async def basis(self, budget_s: float) -> str:
        """By what it answers now. Raises TelltaleError."""
        ...


class Recall:
    """Looks into earlier analyses."""

    def __init__(self, rows: WorkRepository, services: Mapping[str, Service], clock: Clock) -> None:
        self._rows = rows
        self._services = services
        self._clock = clock

    async def parts(self, owner: str, analysis: resources_pb2.Analysis, notes: Notes) -> Parts:
        """What can be taken over for an analysis of which `notes` is known already. Raises StorageUnavailable."""
        wanted = list(_open_sets(analysis, notes))
        earlier = await self._earlier(owner, analysis) if wanted else []
        if not earlier:
            return {}
        bases = await self._bases([member.detector for members in wanted for member in members])
        found: dict[str, resources_pb2.Analysis] = {}
        for members in wanted:
            found.update(await self._of(members, analysis, earlier, bases))
        for detector in found:
            EVIDENCE.add(detector=detector, origin="recalled")
        return found

    async def _earlier(self, owner: str, analysis: resources_pb2.Analysis) -> Sequence[resources_pb2.Analysis]:
        """Analyses of the same bytes and facts whose detectors said by what they answered, newest first."""
        rows = await self._rows.examined_before(owner, analysis.info.sha256, self._clock.now(), MOST_EARLIER)
        others = (row for row in rows if row.name != analysis.name and row.info == analysis.info)
        return [row for row in others if any(origin.basis for origin in row.origins)]

    async def _bases(self, detectors: Sequence[str]) -> Mapping[str, str]:
        told = await asyncio.gather(*(self._basis(detector) for detector in detectors))
        return {detector: basis for detector, basis in zip(detectors, told, strict=True) if basis}

    async def _basis(self, detector: str) -> str:
        try:
            return await self._services[detector].basis(ASKING_S) if detector in self._services else ""
        except TelltaleError as error:
            get_logger().info("a detector did not say by what it answers", detector=detector, problem=error.message)
            return ""

    async def _of(
        self,
        members: Sequence[Assignment],
        analysis: resources_pb2.Analysis,
        earlier: Iterable[resources_pb2.Analysis],
        bases: Mapping[str, str],
    ) -> Parts:
        """The parts of a set out of the newest analysis that has them all; none when none has."""
        for source in earlier:
            if not (_fits(members, analysis, source, bases) and self._hold(members, source)):
                continue
            evidence = await self._evidence(source)
            parts = {member.detector: _part(member, source, evidence) for member in members}
            if all(_answered(member, parts[member.detector]) for member in members):
                return parts
        return {}

    def _hold(self, members: Sequence[Assignment], source: resources_pb2.Analysis) -> bool:
        """Whether they would still say today what they said then."""
        oldest = {each.detector: self._clock.now() - each.holds_for for each in members if each.holds_for is not None}
        said = {origin.detector: origin.complete_time.ToDatetime(UTC) for origin in source.origins}
        return all(said[detector] >= moment for detector, moment in oldest.items())

    async def _evidence(self, source: resources_pb2.Analysis) -> Sequence[evidence_pb2.Evidence]:
        """With its maps; none when it is gone by now, or damaged: then it is made anew."""
        try:
            kept = await self._rows.evidence(id_in(source.name))
        except DigestMismatch as error:
            get_logger().warning("evidence could not be taken over", analysis=source.name, problem=error.message)
            return []
        return [] if kept is None else kept.evidence


def _open_sets(analysis: resources_pb2.Analysis, notes: Notes) -> Iterator[Sequence[Assignment]]:
    """Who must be taken over together; without those of whom an earlier attempt of this analysis has heard already."""
    assignments = asked_about(analysis.info.kind)
    bound = [assignment for assignment in assignments if assignment.faces]
    alone = [[assignment] for assignment in assignments if not assignment.faces]
    for members in [bound, *alone] if bound else alone:
        begun = any(member.detector in notes.parts for member in members)
        if not begun and not (members is bound and notes.faces is not None):
            yield members


def _fits(
    members: Sequence[Assignment],
    analysis: resources_pb2.Analysis,
    source: resources_pb2.Analysis,
    bases: Mapping[str, str],
) -> bool:
    """Whether these detectors would answer by the same, about the same, and along the same faces."""
    origins = {origin.detector: origin for origin in source.origins}
    faces = next((bases.get(member.detector, "") for member in members if member.faces == "finds"), "")
    same_depth = settled(source.depth) == settled(analysis.depth)
    for member in members:
        origin, basis = origins.get(member.detector), bases.get(member.detector)
        if origin is None or basis is None or origin.basis != basis:
            return False
        if member.faces in ("awaits", "late") and origin.faces_basis != faces:
            return False
        if depth_counts(member, analysis.info.kind) and not same_depth:
            return False
    return True


def _part(
    member: Assignment, source: resources_pb2.Analysis, evidence: Iterable[evidence_pb2.Evidence]
) -> resources_pb2.Analysis:
    """What a detector found, as it comes out of `gateway.making.case.Case.part`."""
    part = resources_pb2.Analysis(evidence=[piece for piece in evidence if piece.cue in member.cues])
    finds = {field.name: value for field, value in source.ListFields() if field.name in member.finds}
    part.MergeFrom(resources_pb2.Analysis(**finds))
    [origin] = [origin for origin in source.origins if origin.detector == member.detector]
    part.origins.add().CopyFrom(origin)
    part.origins[0].recalled_from = origin.recalled_from or source.name
    return part


def _answered(member: Assignment, part: resources_pb2.Analysis) -> bool:
    return {piece.cue for piece in part.evidence} == set(member.cues) and is_complete(part.evidence)

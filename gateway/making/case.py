"""One analysis while it is being made: what came in so far, and how callers see it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from gateway.making.plan import Assignment
from gateway.making.rounding import rounded
from gateway.making.tracks import shown_tracks
from gateway.metrics import DETECTOR_FAILURES
from gateway.storage.times import to_timestamp
from kit.clock import Clock
from kit.convert.evidence import abstention
from kit.errors import DeadlineExceeded, ModelInvalid, TelltaleError
from kit.log import get_logger
from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import fusion_service_pb2, verdict_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.image.v1 import image_service_pb2
from telltale.metadata.v1 import facts_pb2

Find = (
    image_service_pb2.FaceTracks
    | sound_pb2.Soundtrack
    | sound_pb2.LipSyncCurve
    | evidence_pb2.Evidence
    | facts_pb2.MetadataFacts
)
"""What detectors find: faces and sound (before any evidence), how lips lie against it, one piece of evidence per test, facts for
a person to read."""


@dataclass(frozen=True)
class Basis:
    """By what a detector answers; empty when it does not say."""

    sha256: str


DetectorEvent = Find | media_pb2.Progress | Basis
"""What detectors send: by what they answer, what they find, and how far they are."""

Publish = Callable[[resources_pb2.Analysis], None]
"""Takes a step: the analysis as it stands, without what only the finished one shows: tracks of a long video are a megabyte, and a
long analysis has thousands of steps."""

PROGRESS_INTERVAL_S = 0.2
"""Least time between two steps that tell nothing but how far the work is."""

_ABSTENTION_OF: dict[type[TelltaleError], evidence_pb2.AbstentionReason.ValueType] = {
    DeadlineExceeded: evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED,
    ModelInvalid: evidence_pb2.ABSTENTION_REASON_MODEL_UNAVAILABLE,
}
_FINDS: tuple[Literal["origins", "tracks", "examined", "metadata", "soundtrack", "lip_sync"], ...] = (
    "origins",
    "tracks",
    "examined",
    "metadata",
    "soundtrack",
    "lip_sync",
)
MAX_CURVES = 16
"""Most lip curves that are kept, each up to 60 kB: a message of ours has 4 MiB at most."""

_OURS = frozenset({*_ABSTENTION_OF.values(), evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE})


class Case:
    """Collects what detectors say. Each test has exactly one piece of evidence in the end."""

    def __init__(self, analysis: resources_pb2.Analysis, publish: Publish, clock: Clock) -> None:
        self.analysis = analysis
        self._publish = publish
        self._clock = clock
        self._shown_s = -math.inf
        self._parts: dict[str, resources_pb2.Analysis] = {}
        self._earlier: dict[str, resources_pb2.Analysis] = {}
        self._progress: dict[str, resources_pb2.DetectorProgress] = {}

    def open(self, assignments: Iterable[Assignment]) -> None:
        """Lists the detectors that will be asked."""
        for assignment in assignments:
            detector = assignment.detector
            self._parts[detector] = resources_pb2.Analysis()
            state = resources_pb2.DETECTOR_STATE_PENDING
            self._progress[detector] = resources_pb2.DetectorProgress(detector=detector, state=state)
        self._show()

    def start(self, assignment: Assignment) -> None:
        """A detector is at work, from its beginning; what an earlier attempt has seen counts if this one sees less."""
        self._earlier[assignment.detector] = self._best(assignment)
        self._parts[assignment.detector] = resources_pb2.Analysis()
        self._progress[assignment.detector].state = resources_pb2.DETECTOR_STATE_RUNNING
        self._show()

    def part(self, assignment: Assignment) -> resources_pb2.Analysis:
        """What one detector has found: an analysis that holds nothing else."""
        return self._parts[assignment.detector]

    def restore(self, assignment: Assignment, part: resources_pb2.Analysis) -> None:
        """A detector has ended in an earlier attempt with `part`."""
        self._parts[assignment.detector] = part
        self.finish(assignment)

    def identify(self, assignment: Assignment, basis: Basis) -> None:
        """A detector says by what it answers."""
        self._parts[assignment.detector].origins.add(detector=assignment.detector, basis=basis.sha256)

    def basis(self, assignment: Assignment) -> str:
        """By what a detector answers; empty when it has not said."""
        return next((origin.basis for origin in self._parts[assignment.detector].origins), "")

    def sign(self, assignment: Assignment, faces_basis: str) -> None:
        """A detector has come to its end, having been given faces that somebody found by `faces_basis`."""
        for origin in self._parts[assignment.detector].origins:
            origin.faces_basis = faces_basis
            origin.complete_time.CopyFrom(to_timestamp(self._clock.now()))

    def advance(self, assignment: Assignment, done_share: float) -> None:
        """A detector is so far. It never goes back, and not every step is shown."""
        progress = self._progress[assignment.detector]
        progress.done_share = max(progress.done_share, done_share)
        if self._clock.monotonic_s() >= self._shown_s + PROGRESS_INTERVAL_S:
            self._show()

    def take(self, assignment: Assignment, find: Find) -> None:
        """Adds what a detector found. The first answer of a test counts, and the first curve of a person."""
        part, find = self._parts[assignment.detector], rounded(find)
        if isinstance(find, image_service_pb2.FaceTracks):
            part.tracks.extend(shown_tracks(find.tracks))
            part.examined.extend(find.examined)
        elif isinstance(find, facts_pb2.MetadataFacts):
            part.metadata.CopyFrom(find)
        elif isinstance(find, sound_pb2.Soundtrack):
            part.soundtrack.CopyFrom(find)
        elif isinstance(find, sound_pb2.LipSyncCurve):
            _take_curve(part, find)
        elif all(piece.cue != find.cue for piece in part.evidence):
            part.evidence.append(find)

    def finish(self, assignment: Assignment) -> None:
        """A detector has ended; tests that it left out are abstentions."""
        missing = self._missing(assignment)
        reason = evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE
        self._abstain(assignment, missing, reason, {"detector": assignment.detector})
        progress = self._progress[assignment.detector]
        if missing:
            progress.state = resources_pb2.DETECTOR_STATE_FAILED
        else:
            progress.state, progress.done_share = resources_pb2.DETECTOR_STATE_DONE, 1.0
        self._show()

    def fail(self, assignment: Assignment, error: TelltaleError) -> None:
        """A detector failed; what it has not answered by now are abstentions, and the reason is named."""
        reason = _ABSTENTION_OF.get(type(error), evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE)
        parameters = {"detector": assignment.detector, "error": error.reason_name()}
        self._parts[assignment.detector] = self._best(assignment)
        self._abstain(assignment, self._missing(assignment), reason, parameters)
        progress = self._progress[assignment.detector]
        progress.state, progress.failure = resources_pb2.DETECTOR_STATE_FAILED, error.reason_name()
        DETECTOR_FAILURES.add(detector=assignment.detector, reason=error.reason_name())
        get_logger().warning("a detector failed", problem=error.message, **parameters)
        self._show()

    def fuse_request(self) -> fusion_service_pb2.FuseRequest:
        """All evidence, in order of cue, maps included; what else was found is in the analysis from now on."""
        evidence: dict[str, evidence_pb2.Evidence] = {}
        for found in _FINDS:
            self.analysis.ClearField(found)
        for part in self._parts.values():
            for piece in part.evidence:
                evidence.setdefault(piece.cue, piece)
            others = resources_pb2.Analysis()
            others.CopyFrom(part)
            others.ClearField("evidence")
            self.analysis.MergeFrom(others)
        ordered = [evidence[cue] for cue in sorted(evidence)]
        return fusion_service_pb2.FuseRequest(media=self.analysis.info, evidence=ordered)

    def show_evidence(self, request: fusion_service_pb2.FuseRequest) -> None:
        """Puts evidence into the analysis as callers see it.

        The values of maps become names under which to fetch them, unless nothing is kept and nothing can be fetched later.
        """
        self._show_progress()
        del self.analysis.evidence[:]
        del self.analysis.maps[:]
        self.analysis.evidence.extend(request.evidence)
        if self.analysis.retention == resources_pb2.RETENTION_NONE:
            return
        for piece in self.analysis.evidence:
            if piece.finding.HasField("map"):
                piece.finding.map.ClearField("values")
                self.analysis.maps.add(name=f"{self.analysis.name}/maps/{piece.cue}", cue=piece.cue)

    def conclude(self, verdict: verdict_pb2.Verdict) -> None:
        """The analysis has its answer."""
        self.analysis.verdict.CopyFrom(verdict)
        self.analysis.state = resources_pb2.ANALYSIS_STATE_SUCCEEDED

    def _best(self, assignment: Assignment) -> resources_pb2.Analysis:
        part = self._parts[assignment.detector]
        earlier = self._earlier.get(assignment.detector, part)
        return earlier if len(earlier.evidence) > len(part.evidence) else part

    def _missing(self, assignment: Assignment) -> list[str]:
        answered = {piece.cue for piece in self._parts[assignment.detector].evidence}
        return [cue for cue in assignment.cues if cue not in answered]

    def _abstain(
        self,
        assignment: Assignment,
        cues: Iterable[str],
        reason: evidence_pb2.AbstentionReason.ValueType,
        parameters: dict[str, str],
    ) -> None:
        part = self._parts[assignment.detector]
        part.evidence.extend(abstention(cue, reason, parameters) for cue in cues)

    def _show_progress(self) -> None:
        if self._progress:
            del self.analysis.progress[:]
            self.analysis.progress.extend(self._progress.values())

    def _show(self) -> None:
        self._shown_s = self._clock.monotonic_s()
        self._show_progress()
        snapshot = resources_pb2.Analysis()
        snapshot.CopyFrom(self.analysis)
        self._publish(snapshot)


def _take_curve(part: resources_pb2.Analysis, curve: sound_pb2.LipSyncCurve) -> None:
    kept = part.lip_sync
    if len(kept) < MAX_CURVES and all(other.track_id != curve.track_id for other in kept):
        kept.append(curve)


def is_complete(evidence: Iterable[evidence_pb2.Evidence]) -> bool:
    """Whether no test was left out for a fault of ours, so that asking the detectors again would change nothing."""
    return not any(piece.HasField("abstention") and piece.abstention.reason in _OURS for piece in evidence)

"""One analysis while it is being made: what came in so far, and how callers see it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Literal

from gateway.plan import Assignment
from gateway.tracks import shown_tracks
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

DetectorEvent = Find | media_pb2.Progress
"""What detectors send: what they find, and how far they are."""

Publish = Callable[[resources_pb2.Analysis], None]
"""Takes a step: the analysis as it stands, without what only the finished one shows."""

PROGRESS_INTERVAL_S = 0.2
"""Least time between two steps that tell nothing but how far the work is."""

_ABSTENTION_OF: dict[type[TelltaleError], evidence_pb2.AbstentionReason.ValueType] = {
    DeadlineExceeded: evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED,
    ModelInvalid: evidence_pb2.ABSTENTION_REASON_MODEL_UNAVAILABLE,
}
_FINDS: tuple[Literal["tracks", "examined", "metadata", "soundtrack", "lip_sync"], ...] = (
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
        self._evidence: dict[str, evidence_pb2.Evidence] = {}
        self._progress: dict[str, resources_pb2.DetectorProgress] = {}

    def open(self, assignments: Iterable[Assignment]) -> None:
        """Lists the detectors that will be asked, and forgets what an earlier attempt has seen."""
        for found in _FINDS:
            self.analysis.ClearField(found)
        for assignment in assignments:
            state = resources_pb2.DETECTOR_STATE_PENDING
            self._progress[assignment.detector] = resources_pb2.DetectorProgress(
                detector=assignment.detector, state=state
            )
        self._show()

    def start(self, assignment: Assignment) -> None:
        """A detector is at work."""
        self._progress[assignment.detector].state = resources_pb2.DETECTOR_STATE_RUNNING
        self._show()

    def advance(self, assignment: Assignment, done_share: float) -> None:
        """A detector is so far. It never goes back, and not every step is shown."""
        progress = self._progress[assignment.detector]
        progress.done_share = max(progress.done_share, done_share)
        if self._clock.monotonic_s() >= self._shown_s + PROGRESS_INTERVAL_S:
            self._show()

    def take(self, find: Find) -> None:
        """Adds what a detector found. The first answer of a test counts, and the first curve of a person."""
        if isinstance(find, image_service_pb2.FaceTracks):
            self.analysis.tracks.extend(shown_tracks(find.tracks))
            self.analysis.examined.extend(find.examined)
        elif isinstance(find, facts_pb2.MetadataFacts):
            self.analysis.metadata.CopyFrom(find)
        elif isinstance(find, sound_pb2.Soundtrack):
            self.analysis.soundtrack.CopyFrom(find)
        elif isinstance(find, sound_pb2.LipSyncCurve):
            self._take_curve(find)
        else:
            self._evidence.setdefault(find.cue, find)

    def finish(self, assignment: Assignment) -> None:
        """A detector has ended; tests that it left out are abstentions."""
        missing = self._missing(assignment)
        self._abstain(missing, evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE, {"detector": assignment.detector})
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
        self._abstain(self._missing(assignment), reason, parameters)
        progress = self._progress[assignment.detector]
        progress.state, progress.failure = resources_pb2.DETECTOR_STATE_FAILED, error.reason_name()
        get_logger().warning("a detector failed", problem=error.message, **parameters)
        self._show()

    def fuse_request(self) -> fusion_service_pb2.FuseRequest:
        """All evidence, in order of cue, maps included."""
        evidence = [self._evidence[cue] for cue in sorted(self._evidence)]
        return fusion_service_pb2.FuseRequest(media=self.analysis.info, evidence=evidence)

    def show_evidence(self, request: fusion_service_pb2.FuseRequest) -> None:
        """Puts evidence into the analysis as callers see it: the values of maps become names under which to fetch them."""
        self._show_progress()
        del self.analysis.evidence[:]
        del self.analysis.maps[:]
        for piece in request.evidence:
            shown = self.analysis.evidence.add()
            shown.CopyFrom(piece)
            if shown.finding.HasField("map"):
                shown.finding.map.ClearField("values")
                self.analysis.maps.add(name=f"{self.analysis.name}/maps/{piece.cue}", cue=piece.cue)

    def conclude(self, verdict: verdict_pb2.Verdict) -> None:
        """The analysis has its answer."""
        self.analysis.verdict.CopyFrom(verdict)
        self.analysis.state = resources_pb2.ANALYSIS_STATE_SUCCEEDED

    def _take_curve(self, curve: sound_pb2.LipSyncCurve) -> None:
        kept = self.analysis.lip_sync
        if len(kept) < MAX_CURVES and all(other.track_id != curve.track_id for other in kept):
            kept.append(curve)

    def _missing(self, assignment: Assignment) -> list[str]:
        return [cue for cue in assignment.cues if cue not in self._evidence]

    def _abstain(
        self, cues: Iterable[str], reason: evidence_pb2.AbstentionReason.ValueType, parameters: dict[str, str]
    ) -> None:
        for cue in cues:
            self._evidence[cue] = abstention(cue, reason, parameters)

    def _show_progress(self) -> None:
        if self._progress:
            del self.analysis.progress[:]
            self.analysis.progress.extend(self._progress.values())

    def _show(self) -> None:
        self._shown_s = self._clock.monotonic_s()
        self._show_progress()
        snapshot = resources_pb2.Analysis()
        snapshot.CopyFrom(self.analysis)
        # Tracks of a long video are a megabyte, and a long analysis has thousands of steps.
        for found in _FINDS:
            snapshot.ClearField(found)
        self._publish(snapshot)


def is_complete(request: fusion_service_pb2.FuseRequest) -> bool:
    """Whether no test was left out for a fault of ours, so that asking the detectors again would change nothing."""
    return not any(piece.HasField("abstention") and piece.abstention.reason in _OURS for piece in request.evidence)

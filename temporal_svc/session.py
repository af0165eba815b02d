"""One test at one video: what it said of each clip so far, and the time it took."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kit.clock import Clock
from kit.vision.clips import FaceClip
from telltale.common.v1 import evidence_pb2
from temporal_svc.cues.cue import Cue
from temporal_svc.opinion import ClipMoment, Seen, evidence_of, needed_px


class Session:
    """Shows clips to one cue and keeps its opinions, but no pixels. Of one thread."""

    def __init__(self, cue: Cue, clock: Clock) -> None:
        self._cue = cue
        self._clock = clock
        self._moments: list[ClipMoment] = []
        self._shown = 0
        self._took_s = 0.0

    def show(self, clips: Sequence[FaceClip]) -> None:
        """Lets the cue judge those clips whose face is large enough for it."""
        usable = [clip for clip in clips if clip.face_px >= needed_px(self._cue)]
        if not usable:
            return
        started_s = self._clock.monotonic_s()
        ratios = self._cue.log_likelihood_ratios(usable)
        self._took_s += self._clock.monotonic_s() - started_s
        self._shown += len(usable)
        judged = zip(usable, (float(ratio) for ratio in ratios), strict=True)
        self._moments += [_moment(clip, ratio) for clip, ratio in judged if not math.isnan(ratio)]

    def evidence(self, seen: Seen) -> evidence_pb2.Evidence:
        """What the cue says of the whole video."""
        evidence = evidence_of(self._cue, self._moments, self._shown, seen)
        evidence.compute_time.FromMicroseconds(round(self._took_s * 1e6))
        return evidence


def _moment(clip: FaceClip, ratio: float) -> ClipMoment:
    return ClipMoment(clip.track_id, clip.start_s, clip.end_s, ratio, clip.face_px)

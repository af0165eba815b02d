"""One test at one piece of media: what it said so far, and the time it took."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from av_sync_svc.cues.voice_spoof import VoiceSpoofCue
from av_sync_svc.hearing import Hearing
from kit.clock import Clock
from kit.convert.moments import Moment
from kit.media.cancel import CancelToken
from telltale.common.v1 import evidence_pb2

Opinion = TypeVar("Opinion")


class Stopwatch:
    """Adds up the time of one test. Of one thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._took_s = 0.0

    def time(self, work: Callable[[], Opinion]) -> Opinion:
        """Does a part of the work."""
        started_s = self._clock.monotonic_s()
        done = work()
        self._took_s += self._clock.monotonic_s() - started_s
        return done

    def stamp(self, evidence: evidence_pb2.Evidence) -> evidence_pb2.Evidence:
        """Writes the time of all parts into the evidence."""
        evidence.compute_time.FromMicroseconds(round(self._took_s * 1e6))
        return evidence


class VoiceSession:
    """Lets the test of the voice listen a few windows at a time. Of one thread."""

    def __init__(self, cue: VoiceSpoofCue, hearing: Hearing, clock: Clock) -> None:
        self._cue = cue
        self._hearing = hearing
        self._watch = Stopwatch(clock)
        self._moments: list[Moment] = []

    def shares(self, cancel: CancelToken) -> Iterator[float]:
        """The share of the sound, [0, 1], that is judged, after every few windows. Raises Cancelled."""
        batches = self._cue.moments(self._hearing, cancel)
        while batch := self._watch.time(lambda: next(batches, None)):
            self._moments += batch
            yield self._hearing.share_before(batch[-1].end_s)

    def evidence(self) -> evidence_pb2.Evidence:
        """What the cue says of all it heard."""
        return self._watch.stamp(self._cue.evidence(self._hearing, self._moments))

"""When and on whom: the spans of all tests on one grid of time per person.

A step of a grid holds, by test, the mean of the log-likelihood ratios of all spans that cover the step's middle. A span without a
track, as all that is heard, counts for every person in the steps where that person was looked at; steps where nobody was belong
to the whole picture, or the whole recording.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from google.protobuf import duration_pb2

from telltale.common.v1 import evidence_pb2

STEP_S = 0.16
"""Length of a step; it doubles until the bounds below hold."""
MAX_STEPS = 8192
"""Most steps from the beginning of the media to the end of the last span."""
MAX_CELLS = 1 << 20
"""Most steps times tests over all people: what a hostile set of spans may cost."""
LARGEST_RATIO = 20.0
"""The bound of the contract on a test's opinion, held for each of its spans too."""

SOUND_CUES = frozenset({"av_coherence", "voice_spoof"})
"""Tests that listen; all others look."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PersonGrid:
    """What the tests say of one person, over T steps."""

    # None: the whole picture or recording.
    track_id: int | None
    # Position of the first of the T steps on the common grid.
    first: int
    # Mean log-likelihood ratio by test and step, (C, T); 0 where a test did not look.
    ratios: Floats
    # Where a test looked, (C, T).
    covered: Bools

    @property
    def examined(self) -> Bools:
        """Steps (T,) at which at least one test looked."""
        return np.asarray(self.covered.any(axis=0))


@dataclass(frozen=True, eq=False)
class Timeline:
    """The grids of all people: those with a track in order of it, then the whole picture or recording."""

    step_s: float
    # End of the last span.
    end_s: float
    # The C tests with spans, in order of name.
    cues: tuple[str, ...]
    # weight * quality, (C,), all above 0.
    factors: Floats
    people: tuple[PersonGrid, ...]

    def examined_s(self, *, heard: bool) -> float:
        """Seconds of the media that were listened to, or looked at, whoever was there."""
        tests = [row for row, cue in enumerate(self.cues) if (cue in SOUND_CUES) == heard]
        steps = np.zeros(max(grid.first + grid.examined.size for grid in self.people), bool)
        for grid in self.people:
            steps[grid.first : grid.first + grid.examined.size] |= grid.covered[tests].any(axis=0)
        return min(self.end_s, float(steps.sum()) * self.step_s)


@dataclass(frozen=True, order=True)
class _Timed:
    """A span of one test."""

    cue: int
    start_s: float
    end_s: float
    ratio: float

    def steps(self, step_s: float) -> tuple[int, int]:
        """First step, and the one after the last, whose middles the span covers; at least one."""
        first, last = (math.ceil(time_s / step_s - 0.5) for time_s in (self.start_s, self.end_s))
        nearest = int((self.start_s + self.end_s) / (2 * step_s))
        return (first, last) if first < last else (nearest, nearest + 1)


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums of ratios and numbers of spans by test and step, (C, T) each."""

    ratios: Floats
    counts: npt.NDArray[np.int64]

    @property
    def looked(self) -> Bools:
        return np.asarray(self.counts.any(axis=0))

    def part(self, first: int, last: int) -> _Sums:
        return _Sums(self.ratios[:, first:last], self.counts[:, first:last])

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.ratios + other.ratios, self.counts + other.counts)


_Tracks = Mapping[int | None, Sequence[_Timed]]


def timeline(findings: Iterable[evidence_pb2.Evidence], weights: Mapping[str, float]) -> Timeline | None:
    """The timeline of these findings, in any order; None when no test that weighs anything gave a span of some length.

    Spans that end before they start are left out; what begins before the media begins with it.
    """
    timed = sorted((entry for entry in findings if is_timed(entry.finding, weights.get(entry.cue, 0.0))), key=_name)
    tracks: dict[int | None, list[_Timed]] = {}
    for position, entry in enumerate(timed):
        for span in filter(_has_length, entry.finding.spans):
            track_id = span.track_id if span.HasField("track_id") else None
            tracks.setdefault(track_id, []).append(_placed(position, span))
    if not timed:
        return None
    end_s = max(span.end_s for spans in tracks.values() for span in spans)
    step_s = _step_s(tracks, len(timed), end_s)
    return Timeline(
        step_s=step_s,
        end_s=end_s,
        cues=tuple(entry.cue for entry in timed),
        factors=np.array([weights[entry.cue] * entry.finding.quality for entry in timed]),
        people=tuple(_people(tracks, len(timed), step_s)),
    )


def is_timed(finding: evidence_pb2.Finding, weight: float) -> bool:
    """Whether a finding of a test of this weight counts by its spans."""
    return weight * finding.quality > 0 and any(map(_has_length, finding.spans))


def seconds(duration: duration_pb2.Duration) -> float:
    """A duration in seconds."""
    return float(duration.seconds) + duration.nanos * 1e-9


def _name(entry: evidence_pb2.Evidence) -> str:
    return entry.cue


def _has_length(span: evidence_pb2.TimeSpan) -> bool:
    return max(0.0, seconds(span.start)) < seconds(span.end)


def _placed(cue: int, span: evidence_pb2.TimeSpan) -> _Timed:
    ratio = max(-LARGEST_RATIO, min(LARGEST_RATIO, span.log_likelihood_ratio))
    return _Timed(cue, max(0.0, seconds(span.start)), seconds(span.end), ratio)


def _step_s(tracks: _Tracks, cues: int, end_s: float) -> float:
    step_s = STEP_S
    while end_s > MAX_STEPS * step_s or cues * sum(_width(spans, step_s) for spans in tracks.values()) > MAX_CELLS:
        if step_s > end_s:
            break  # one step a person: it cannot be coarser
        step_s *= 2
    return step_s


def _width(spans: Sequence[_Timed], step_s: float) -> int:
    first, last = _range(spans, step_s)
    return last - first


def _range(spans: Sequence[_Timed], step_s: float) -> tuple[int, int]:
    steps = [span.steps(step_s) for span in spans]
    return min(first for first, _ in steps), max(last for _, last in steps)


def _people(tracks: _Tracks, cues: int, step_s: float) -> Iterable[PersonGrid]:
    length = max(_range(spans, step_s)[1] for spans in tracks.values())
    everywhere = _summed(tracks.get(None, ()), cues, 0, length, step_s)
    somebody = np.zeros(length, bool)
    for track_id in sorted(track for track in tracks if track is not None):
        first, last = _range(tracks[track_id], step_s)
        own = _summed(tracks[track_id], cues, first, last, step_s)
        somebody[first:last] |= own.looked
        yield _grid(track_id, first, own + everywhere.part(first, last), own.looked)
    nobody = everywhere.looked & ~somebody
    if nobody.any():
        yield _grid(None, 0, everywhere, nobody)


def _summed(spans: Iterable[_Timed], cues: int, first: int, last: int, step_s: float) -> _Sums:
    sums, counts = np.zeros((cues, last - first)), np.zeros((cues, last - first), np.int64)
    for span in sorted(spans):  # sums of floats depend on their order
        start, end = span.steps(step_s)
        sums[span.cue, start - first : end - first] += span.ratio
        counts[span.cue, start - first : end - first] += 1
    return _Sums(sums, counts)


def _grid(track_id: int | None, first: int, sums: _Sums, present: Bools) -> PersonGrid:
    covered = (sums.counts > 0) & present
    ratios = np.where(covered, sums.ratios / np.maximum(sums.counts, 1), 0.0)
    return PersonGrid(track_id, first, ratios, covered)

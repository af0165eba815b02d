"""What a test says of single frames, put together over time. Pure functions over moments, in seconds from the beginning."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kit.convert.evidence import normalized_box
from kit.convert.times import duration, time_span
from kit.media.spans import Span
from kit.models.calibration import probability
from kit.vision.faces import Face
from kit.vision.paths import MAX_GAP_S
from telltale.common.v1 import evidence_pb2

STEP_S: Final = 0.64
"""Length of the steps of a timeline: about two looks at a face."""
MAX_SPANS: Final = 1024
"""Most stretches that a finding may list."""
MAX_REGIONS: Final = 12
SAMPLE_S: Final = 0.32
"""Time that one look at a face stands for: every second frame of those in which faces are looked for."""
_CREDIBLE_S: Final = 1.0
_WINDOW_S: Final = 1.28
_ROUNDING_S: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One face in one frame after a test has judged it."""

    track_id: int
    time_s: float
    face: Face
    """In pixels of the frame."""
    log_likelihood_ratio: float


@dataclass(frozen=True, slots=True)
class Worst:
    """The stretch in which one person looks most suspicious."""

    track_id: int
    span: Span
    log_likelihood_ratio: float
    """Mean over the looks in it."""


def people(moments: Sequence[Moment]) -> list[list[Moment]]:
    """The moments of each person, by track and in order of time."""
    ordered = sorted(moments, key=lambda moment: (moment.track_id, moment.time_s))
    return [list(group) for _, group in itertools.groupby(ordered, key=lambda moment: moment.track_id)]


def worst(moments: Sequence[Moment]) -> Worst:
    """The worst mean over 1.28 s of one person; over at least 1 s where anybody is in view for so long.

    Takes at least one moment.
    """
    windows = [window for person in people(moments) for run in _unbroken(person) for window in _windows(run)]
    longest_s = max(window.span.length_s for window in windows)
    enough_s = min(_CREDIBLE_S, longest_s) - _ROUNDING_S
    credible = [window for window in windows if window.span.length_s >= enough_s]
    return max(credible, key=lambda window: window.log_likelihood_ratio)


def spans(moments: Sequence[Moment], examined: Sequence[Span]) -> list[evidence_pb2.TimeSpan]:
    """The mean of each person's moments over steps of STEP_S, or longer ones where these would be more than MAX_SPANS.

    Steps end where an unbroken stretch that was examined does, and where the person comes or goes.
    """
    runs = joined(examined)
    step_s, longest_s = STEP_S, max(run.length_s for run in runs)
    steps = _steps(moments, runs, step_s)
    while len(steps) > MAX_SPANS and step_s < longest_s:
        step_s *= 2
        steps = _steps(moments, runs, step_s)
    return steps[:MAX_SPANS]


def regions(moments: Sequence[Moment], frame_px: tuple[int, int]) -> list[evidence_pb2.Region]:
    """The worst suspicious moments, of one person at least a stretch apart, worst first; `frame_px` is width and height."""
    chosen: list[Moment] = []
    for moment in sorted(moments, key=lambda moment: -moment.log_likelihood_ratio):
        if moment.log_likelihood_ratio <= 0 or len(chosen) == MAX_REGIONS:
            break
        near = [each for each in chosen if abs(each.time_s - moment.time_s) < _WINDOW_S]
        if all(each.track_id != moment.track_id for each in near):
            chosen.append(moment)
    return [_region(moment, frame_px) for moment in chosen]


def joined(spans: Sequence[Span]) -> list[Span]:
    """Stretches in order of time, those that touch as one."""
    runs: list[Span] = []
    for span in spans:
        if runs and span.start_s - runs[-1].end_s < _ROUNDING_S:
            runs[-1] = Span(runs[-1].start_s, span.end_s)
        else:
            runs.append(span)
    return runs


def _steps(moments: Sequence[Moment], runs: Sequence[Span], step_s: float) -> list[evidence_pb2.TimeSpan]:
    return [
        span
        for person in people(moments)
        for piece, group in itertools.groupby(person, key=lambda moment: _step(moment.time_s, runs, step_s))
        for span in [_span(list(group), person, piece)]
    ]


def _step(time_s: float, runs: Sequence[Span], step_s: float) -> Span:
    """The step that a moment lies in. Frames may lie a little beside the stretch they were asked for."""
    run = runs[max(0, bisect_right(runs, time_s + _ROUNDING_S, key=lambda run: run.start_s) - 1)]
    last = max(0, math.ceil((run.length_s - _ROUNDING_S) / step_s) - 1)
    number = min(max(0, math.floor((time_s - run.start_s) / step_s)), last)
    start_s = run.start_s + number * step_s
    return Span(start_s, run.end_s if number == last else start_s + step_s)


def _span(group: Sequence[Moment], person: Sequence[Moment], step: Span) -> evidence_pb2.TimeSpan:
    start_s = max(step.start_s, min(person[0].time_s, step.end_s) - SAMPLE_S / 2)
    end_s = min(step.end_s, max(person[-1].time_s, step.start_s) + SAMPLE_S / 2)
    return time_span(Span(start_s, end_s), _mean(group), group[0].track_id)


def _unbroken(person: Sequence[Moment]) -> Iterator[Sequence[Moment]]:
    """The moments of a person in runs without a gap."""
    times_s = np.asarray([moment.time_s for moment in person])
    edges = [0, *(np.flatnonzero(np.diff(times_s) > MAX_GAP_S) + 1).tolist(), len(person)]
    return (person[first:end] for first, end in itertools.pairwise(edges))


def _windows(run: Sequence[Moment]) -> Iterator[Worst]:
    """The mean over each 1.28 s of a run, or over all of it when it is shorter."""
    times_s = np.asarray([moment.time_s for moment in run])
    ends = np.searchsorted(times_s, times_s + _WINDOW_S - _ROUNDING_S)
    for first, end in enumerate(ends.tolist()):
        span = Span(max(0.0, run[first].time_s - SAMPLE_S / 2), run[end - 1].time_s + SAMPLE_S / 2)
        yield Worst(run[first].track_id, span, _mean(run[first:end]))
        if end == len(run):
            return


def _mean(moments: Sequence[Moment]) -> float:
    return sum(moment.log_likelihood_ratio for moment in moments) / len(moments)


def _region(moment: Moment, frame_px: tuple[int, int]) -> evidence_pb2.Region:
    return evidence_pb2.Region(
        box=normalized_box(moment.face.box_px, *frame_px),
        time_offset=duration(moment.time_s),
        strength=probability(moment.log_likelihood_ratio),
        track_id=moment.track_id,
    )

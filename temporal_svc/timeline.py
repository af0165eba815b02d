"""From what a test says of each clip to what it says of each person over time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kit.convert.times import time_span
from kit.media.spans import Span
from kit.vision.clips import CLIP_HOP_S
from telltale.common.v1 import evidence_pb2

MAX_SPANS: Final = 1024
"""Most stretches that a finding may list."""
# Clips overlap by half: a clip and its two neighbours are about independent looks at the same 1.28 s.
_NEIGHBOUR_S: Final = CLIP_HOP_S * 1.01


@dataclass(frozen=True, slots=True)
class Moment:
    """One clip after a test has judged it, in seconds from the beginning of the media."""

    track_id: int
    start_s: float
    end_s: float
    face_px: float
    """Longer side of the face in the file, median over the clip."""
    log_likelihood_ratio: float
    """Finite."""

    @property
    def middle_s(self) -> float:
        """The moment that the clip is about."""
        return (self.start_s + self.end_s) / 2


def worst(moments: Sequence[Moment]) -> tuple[Moment, float]:
    """The clip that is worst together with its neighbours, and the mean log-likelihood ratio of them all.

    A single clip may be wrong; one that its neighbours agree with is a stretch to be believed. Takes at least one moment.
    """
    return max((judged for person in people(moments) for judged in _smoothed(person)), key=lambda judged: judged[1])


def people(moments: Sequence[Moment]) -> list[list[Moment]]:
    """The moments of each person, in order of time."""
    ordered = sorted(moments, key=lambda moment: (moment.track_id, moment.start_s))
    return [list(group) for _, group in itertools.groupby(ordered, key=lambda moment: moment.track_id)]


def spans(moments: Sequence[Moment]) -> list[evidence_pb2.TimeSpan]:
    """One stretch per clip; where that would be more than MAX_SPANS, one per few neighbours with their mean."""
    together = -(-len(moments) // MAX_SPANS) or 1
    while True:
        groups = [group for person in people(moments) for group in _batched(person, together)]
        if len(groups) <= MAX_SPANS:
            return [_span(group) for group in groups]
        together += 1


def seen_s(moments: Sequence[Moment]) -> float:
    """Seconds that are covered by clips of a person, whoever it is, each second once."""
    total_s, reached_s = 0.0, 0.0
    for moment in sorted(moments, key=lambda moment: moment.start_s):
        total_s += max(0.0, moment.end_s - max(moment.start_s, reached_s))
        reached_s = max(reached_s, moment.end_s)
    return total_s


def _smoothed(person: Sequence[Moment]) -> Iterator[tuple[Moment, float]]:
    middles_s = np.asarray([moment.middle_s for moment in person])
    first = np.searchsorted(middles_s, middles_s - _NEIGHBOUR_S, side="left")
    end = np.searchsorted(middles_s, middles_s + _NEIGHBOUR_S, side="right")
    total = np.cumsum([0.0, *(moment.log_likelihood_ratio for moment in person)])
    means = (total[end] - total[first]) / (end - first)
    return zip(person, (float(mean) for mean in means), strict=True)


def _batched(person: Sequence[Moment], size: int) -> Iterator[Sequence[Moment]]:
    return (person[first : first + size] for first in range(0, len(person), size))


def _span(group: Sequence[Moment]) -> evidence_pb2.TimeSpan:
    mean = sum(moment.log_likelihood_ratio for moment in group) / len(group)
    return time_span(Span(group[0].start_s, group[-1].end_s), mean, group[0].track_id)

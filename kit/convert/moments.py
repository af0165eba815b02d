"""From what a test says of short pieces of time to what it says of the whole, in seconds from the beginning of the media."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from kit.convert.times import time_span
from kit.media.spans import Span
from telltale.common.v1 import evidence_pb2

MAX_SPANS: Final = 1024
"""Most stretches that a finding may list."""
# Of steps: neighbours lie one apart, give or take the rounding of times.
_NEIGHBOUR_STEPS: Final = 1.01


@dataclass(frozen=True, slots=True)
class Moment:
    """A piece of one person's time, or of the sound, after a test has judged it."""

    track_id: int | None
    """Track of the person; None: the sound."""
    start_s: float
    end_s: float
    log_likelihood_ratio: float
    """Finite."""

    @property
    def middle_s(self) -> float:
        """The moment that the piece is about."""
        return (self.start_s + self.end_s) / 2


AnyMoment = TypeVar("AnyMoment", bound=Moment)


def worst(moments: Sequence[AnyMoment], hop_s: float) -> tuple[AnyMoment, float]:
    """The moment that is worst together with its neighbours, and the mean log-likelihood ratio of them all.

    A single moment may be wrong; one that its neighbours agree with is a stretch to be believed. Moments overlap: `hop_s` lies
    between the start of one and that of the next. Takes at least one moment.
    """
    return max(
        (judged for person in people(moments) for judged in _smoothed(person, hop_s)), key=lambda judged: judged[1]
    )


def people(moments: Sequence[AnyMoment]) -> list[list[AnyMoment]]:
    """The moments of each person, in order of time; those of the sound are one person's and come first."""
    ordered = sorted(moments, key=lambda moment: (_number(moment), moment.start_s))
    return [list(group) for _, group in itertools.groupby(ordered, key=_number)]


def spans(moments: Sequence[Moment]) -> list[evidence_pb2.TimeSpan]:
    """One stretch per moment; where that would be more than MAX_SPANS, one per few neighbours with their mean."""
    together = -(-len(moments) // MAX_SPANS) or 1
    while True:
        groups = [group for person in people(moments) for group in _batched(person, together)]
        if len(groups) <= MAX_SPANS:
            return [_span(group) for group in groups]
        together += 1


def seen_s(moments: Sequence[Moment]) -> float:
    """Seconds that are covered by moments of anybody, each second once."""
    total_s, reached_s = 0.0, 0.0
    for moment in sorted(moments, key=lambda moment: moment.start_s):
        total_s += max(0.0, moment.end_s - max(moment.start_s, reached_s))
        reached_s = max(reached_s, moment.end_s)
    return total_s


def _number(moment: Moment) -> int:
    return -1 if moment.track_id is None else moment.track_id


def _smoothed(person: Sequence[AnyMoment], hop_s: float) -> Iterator[tuple[AnyMoment, float]]:
    middles_s = np.asarray([moment.middle_s for moment in person])
    first = np.searchsorted(middles_s, middles_s - _NEIGHBOUR_STEPS * hop_s, side="left")
    end = np.searchsorted(middles_s, middles_s + _NEIGHBOUR_STEPS * hop_s, side="right")
    total = np.cumsum([0.0, *(moment.log_likelihood_ratio for moment in person)])
    means = (total[end] - total[first]) / (end - first)
    return zip(person, (float(mean) for mean in means), strict=True)


def _batched(person: Sequence[Moment], size: int) -> Iterator[Sequence[Moment]]:
    return (person[first : first + size] for first in range(0, len(person), size))


def _span(group: Sequence[Moment]) -> evidence_pb2.TimeSpan:
    mean = sum(moment.log_likelihood_ratio for moment in group) / len(group)
    return time_span(Span(group[0].start_s, group[-1].end_s), mean, group[0].track_id)

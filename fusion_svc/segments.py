"""The worst stretch of a timeline, and all stretches that look suspicious.

What decides is the *peak*: the window of at least a second with the largest mean log-odds. Its mean never falls when a span
speaks more for manipulation. For people to look at, the peak is then grown both ways over what stays above a share of it in
sum, up to where a whole second speaks for nothing or against manipulation.

Steps at which too little was looked at to label anything are passed over, unless there are no others. Where somebody was looked
at for less than a second in one go, what was not looked at counts as nothing: a glimpse proves little.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusion_svc.timeline import MAX_STEPS, Bools, Floats, PersonGrid, Timeline

MIN_SEGMENT_S = 1.0
MERGE_S = 0.4
"""Stretches of one person that lie closer than this are one."""
INDEPENDENT_S = 1.28
"""Length of the clips that tests look at: opinions on others are their own."""
BORDER_SHARE = 1 / 3
"""Share of the peak at which its stretch ends. Clips lie partly across the border, and tests waver: at a half, noisy stretches
come out too short."""
MAX_SEGMENTS = 256
_DIGITS = 9  # below this, sums of floats differ by their order alone


@dataclass(frozen=True)
class Stretch:
    """A stretch of time on one person; `track_id` is None for the whole picture or recording."""

    start_s: float
    end_s: float
    track_id: int | None
    # Of its worst window.
    log_odds: float


@dataclass(frozen=True)
class Worst:
    """The worst credible stretch: its borders, and what each test says of its peak."""

    stretch: Stretch
    # Mean log-likelihood ratio over the peak by test; 0 where it did not look.
    ratios: Mapping[str, float]
    # Share of the peak that each test looked at, [0, 1].
    shares: Mapping[str, float]


@dataclass(frozen=True)
class _Window:
    first: int
    last: int
    mean: float
    # What sums are divided by for the mean.
    divisor: float


@dataclass(frozen=True, eq=False)
class _Searched:
    """One person's log-odds and steps (T,) that may take part; `worth` is the mean of the worst window around each step."""

    grid: PersonGrid
    log_odds: Floats
    credible: Bools
    worth: Floats
    peak: _Window


@dataclass(frozen=True, eq=False)
class Search:
    """A timeline that was searched. Log-odds here are those of tests with spans alone, unless said otherwise."""

    timeline: Timeline
    min_evidence: float

    @property
    def stretches(self) -> int:
        """Number of independent stretches with evidence over all people, at least 1."""
        steps = sum(int(grid.examined.sum()) for grid in self.timeline.people)
        return max(1, round(steps * self.timeline.step_s / INDEPENDENT_S))

    @functools.cached_property
    def worst(self) -> Worst:
        """The worst credible stretch; of equals, the first."""
        person = min(self._people, key=lambda entry: (-entry.peak.mean, entry.grid.first + entry.peak.first))
        peak = person.peak
        inside = slice(peak.first, peak.last)
        ratios = person.grid.ratios[:, inside].sum(axis=1) / peak.divisor
        shares = person.grid.covered[:, inside].sum(axis=1) / (peak.last - peak.first)
        return Worst(
            stretch=self._stretch(person.grid, *_grown(person, self._least, self._bridge), peak.mean),
            ratios=dict(zip(self.timeline.cues, map(float, ratios), strict=True)),
            shares=dict(zip(self.timeline.cues, map(float, shares), strict=True)),
        )

    def at_least(self, threshold: float, rest: float) -> list[Stretch]:
        """Stretches whose log-odds with `rest` (prior, tests without spans) reach the threshold: worst first, with `rest`."""
        found = [stretch for person in self._people for stretch in self._reaching(person, threshold, rest)]
        return sorted(found, key=lambda entry: (-entry.log_odds, entry.start_s, _order(entry)))[:MAX_SEGMENTS]

    @property
    def _least(self) -> int:
        """Least number of steps that decide."""
        return math.ceil(MIN_SEGMENT_S / self.timeline.step_s)

    @property
    def _bridge(self) -> int:
        """Most steps between two stretches that are one."""
        return math.ceil(MERGE_S / self.timeline.step_s) - 1

    @functools.cached_property
    def _people(self) -> Sequence[_Searched]:
        grids = self.timeline.people
        credible = [self.timeline.factors @ grid.covered >= self.min_evidence for grid in grids]
        if not any((steps & grid.examined).any() for steps, grid in zip(credible, grids, strict=True)):
            credible = [grid.examined for grid in grids]
        chosen = [(grid, steps & grid.examined) for grid, steps in zip(grids, credible, strict=True)]
        longest = max(last - first for _, steps in chosen for first, last in _runs(steps))
        least = min(self._least, longest)
        return [self._searched(grid, steps, least) for grid, steps in chosen if steps.any()]

    def _searched(self, grid: PersonGrid, credible: Bools, least: int) -> _Searched:
        log_odds = self.timeline.factors @ grid.ratios
        worth = np.full(log_odds.size, -np.inf)
        peaks = []
        for first, last in _runs(credible):
            peaks += list(_windows(log_odds, worth, first, last, least))
        peak = min(peaks, key=lambda window: (-window.mean, window.first))
        return _Searched(grid, log_odds, credible, worth, peak)

    def _reaching(self, person: _Searched, threshold: float, rest: float) -> Iterator[Stretch]:
        reached = (np.round(np.minimum(person.log_odds, person.worth) + rest, _DIGITS) >= threshold) & person.credible
        for first, last in _merged(list(_runs(reached)), self._bridge):
            yield self._stretch(person.grid, first, last, float(person.worth[first:last].max()) + rest)

    def _stretch(self, grid: PersonGrid, first: int, last: int, log_odds: float) -> Stretch:
        start_s = (grid.first + first) * self.timeline.step_s
        end_s = min((grid.first + last) * self.timeline.step_s, self.timeline.end_s)
        return Stretch(start_s, end_s, grid.track_id, log_odds)


def _windows(log_odds: Floats, worth: Floats, first: int, last: int, least: int) -> Iterator[_Window]:
    """The worst window of each length in a run of steps; notes in `worth` what each window means for its steps.

    A window of twice the least length or more has a half that is no better, so none is longer.
    """
    if last - first < least:
        total = float(log_odds[first:last].sum())
        divisor = float(least if total > 0 else last - first)
        worth[first:last] = total / divisor
        yield _Window(first, last, total / divisor, divisor)
        return
    for length in range(least, min(2 * least, last - first + 1)):
        means = _means(log_odds[first:last], length).round(_DIGITS)
        padded = np.pad(means, length - 1, constant_values=-np.inf)
        around = np.lib.stride_tricks.sliding_window_view(padded, length).max(axis=1)
        worth[first:last] = np.maximum(worth[first:last], around)
        best = int(means.argmax())
        yield _Window(first + best, first + best + length, float(means[best]), float(length))


def _grown(person: _Searched, least: int, bridge: int) -> tuple[int, int]:
    """Borders of what the peak belongs to."""
    peak, examined = person.peak, person.grid.examined
    if peak.mean <= 0:
        return peak.first, peak.last
    level = peak.mean * BORDER_SHARE
    before = _reach(person.log_odds[: peak.first][::-1], examined[: peak.first][::-1], level, least, bridge)
    after = _reach(person.log_odds[peak.last :], examined[peak.last :], level, least, bridge)
    return peak.first - before, peak.last + after


def _reach(log_odds: Floats, examined: Bools, level: float, least: int, bridge: int) -> int:
    """How many of these steps to take in: as many as hold most above the level in sum.

    The way ends after `least` steps that speak for nothing or against manipulation, and before more than `bridge` steps in
    which nobody was looked at.
    """
    end = min(_first(_means(log_odds, least) <= 0) + least, _first(_means(examined, bridge + 1) == 0))
    held = np.cumsum(log_odds[:end] - level)
    return int(held.argmax()) + 1 if held.size and held.max() > 0 else 0


def _means(values: npt.NDArray[np.generic], length: int) -> Floats:
    """Mean of every window of this length."""
    if values.size < length:
        return np.zeros(0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(values, length).mean(axis=1), np.float64)


def _first(steps: Bools) -> int:
    """Position of the first true one; beyond all steps when there is none."""
    return int(steps.argmax()) if steps.any() else 2 * MAX_STEPS


def _runs(steps: Bools) -> Iterator[tuple[int, int]]:
    """First step, and the one after the last, of every unbroken run."""
    edges = np.flatnonzero(np.diff(steps, prepend=False, append=False)).tolist()
    return zip(edges[::2], edges[1::2], strict=True)


def _merged(runs: Sequence[tuple[int, int]], bridge: int) -> Iterator[tuple[int, int]]:
    """Runs in order of time, those at most `bridge` steps apart as one."""
    pending: tuple[int, int] | None = None
    for first, last in runs:
        if pending and first - pending[1] > bridge:
            yield pending
            pending = None
        pending = (pending[0] if pending else first, last)
    if pending:
        yield pending


def _order(stretch: Stretch) -> int:
    return -1 if stretch.track_id is None else stretch.track_id

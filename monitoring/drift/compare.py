"""Holds a window of predictions against the reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from kit.predictions import Prediction
from kit.statistics import psi, psi_bound
from monitoring.drift.patterns import PATTERNS, patterns
from monitoring.drift.quantities import ABSTENTION, CUE, cues_of, names, numbers
from monitoring.drift.reference import LEAST, LEAST_NUMBERS, Reference
from monitoring.drift.statistics import Floats, ks, ks_bound
from monitoring.drift.words import Change, Words, names_moved, numbers_moved

CHANCE: Final = 0.001
"""Chance that a window in which nothing has changed raises any alarm at all, all quantities and patterns together."""
LEAST_PSI: Final = 0.1
"""What is less is nothing to act on, however certain it is."""
LEAST_KS: Final = 0.1
_RARE: Final = 0.01
_OTHER: Final = "other"
_ORDER: Final = ("form", "megapixels", "megabytes", "duration_s", ABSTENTION, CUE, "risk_score", "pattern:")


@dataclass(frozen=True)
class Moved:
    """One quantity, or one pattern, of a window.

    Attributes:
        what: its name, as in the metrics.
        samples: how many predictions of the window have it.
        psi: population stability index; None for a pattern.
        ks: largest gap of the cumulative shares; None for names and patterns.
        words: what moved and what to do; None without an alarm.
    """

    what: str
    samples: int
    psi: float | None
    ks: float | None
    words: Words | None = None

    @property
    def alarm(self) -> bool:
        """Whether it moved, by more than chance would and by enough to act on."""
        return self.words is not None


@dataclass(frozen=True)
class Report:
    """A window of one medium.

    Attributes:
        medium: "photo", "video" or "recording".
        predictions: how many the window has.
        quantities: all that could be compared.
        remark: why something could not be; empty when all could.
    """

    medium: str
    predictions: int
    quantities: Sequence[Moved] = field(default=())
    remark: str = ""

    @property
    def moved(self) -> list[Moved]:
        """Those with an alarm."""
        return [own for own in self.quantities if own.alarm]


def compare(medium: str, reference: Reference | None, window: Sequence[Prediction]) -> Report:
    """What moved. Without a reference, or with too few predictions, nothing is said to have moved, and the remark says why."""
    if reference is None:
        return Report(medium, len(window), (), f"the reference has no {medium}s; make one from a log that holds some")
    if len(window) < LEAST:
        return Report(medium, len(window), (), f"{len(window)} {medium}s are too few to tell; at least {LEAST} are")
    found = {what: own for what, own in numbers(window).items() if what in reference.numbers}
    enough = {what: np.asarray(own) for what, own in found.items() if len(own) >= LEAST_NUMBERS}
    named = names(window, sorted(reference.cues))
    chance = CHANCE / (2 * len(enough) + len(named) + len(PATTERNS))
    quantities = [
        *(_numbers(medium, reference, what, own, chance) for what, own in enough.items()),
        *(_names(medium, reference, what, own, chance) for what, own in named.items()),
        *_patterns(medium, reference, window, chance),
    ]
    quantities.sort(key=lambda own: (_place(own.what), own.what))
    strangers = sorted(cues_of(window) - reference.cues)
    remark = f"the reference does not know {', '.join(strangers)}; make a new one" if strangers else ""
    return Report(medium, len(window), quantities, remark)


def _place(what: str) -> int:
    """Where a quantity is told of: what comes in, then what tests said of it, then what that led to."""
    return next((place for place, begins in enumerate(_ORDER) if what.startswith(begins)), len(_ORDER))


def _numbers(medium: str, reference: Reference, what: str, found: Floats, chance: float) -> Moved:
    before = reference.numbers[what]
    shares = before.histogram(np.asarray(before.values), np.asarray(before.counts)), before.histogram(found)
    index = psi(*shares)
    gap = ks(np.asarray(before.values), np.asarray(before.counts), found)
    index_bound = max(LEAST_PSI, psi_bound(shares[0].size, before.size, found.size, chance))
    gap_bound = max(LEAST_KS, ks_bound(before.size, found.size, chance))
    if index <= index_bound and gap <= gap_bound:
        return Moved(what, found.size, index, gap)
    change = Change(medium, what, index, index_bound, gap, gap_bound)
    return Moved(what, found.size, index, gap, words=numbers_moved(change, before, found))


def _names(medium: str, reference: Reference, what: str, found: Sequence[str], chance: float) -> Moved:
    before = reference.names[what]
    kept = [name for name, count in before.items() if count >= _RARE * reference.predictions]
    bins = [*kept, _OTHER]
    counts = [_counts(bins, before), _counts(bins, Counter(found))]
    index = psi(*counts)
    bound = max(LEAST_PSI, psi_bound(len(bins), reference.predictions, len(found), chance))
    if index <= bound:
        return Moved(what, len(found), index, None)
    change = Change(medium, what, index, bound)
    return Moved(what, len(found), index, None, words=names_moved(change, before, found))


def _counts(bins: Sequence[str], counts: Mapping[str, int]) -> Floats:
    """Of each bin, the last of which takes every name that has none."""
    kept = [counts.get(name, 0) for name in bins[:-1]]
    return np.asarray([*kept, sum(counts.values()) - sum(kept)], np.float64)


def _patterns(medium: str, reference: Reference, window: Sequence[Prediction], chance: float) -> Iterator[Moved]:
    found = patterns(medium, reference, window, chance)
    for name in PATTERNS:
        yield Moved(f"pattern:{name}", len(window), None, None, found.get(name))

"""What moved, in a sentence with its numbers, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from monitoring.drift.quantities import ABSTENTION, ANSWERED, CUE, NOT_ASKED
from monitoring.drift.reference import Numbers
from monitoring.drift.statistics import Floats

_INPUT: Final = (
    "Find out which senders are new. Error rates were measured on media like those of the reference, so read verdicts on others "
    "with care; when this is the new normal, make a reference of your own log: python -m monitoring.drift.reference --log FOLDER "
    "--about WHAT --out FILE, and TELLTALE_DRIFT_REFERENCE=FILE."
)
_SCORES: Final = (
    "When what comes in has moved as well (megapixels, megabytes, form), begin there. Else look which models have changed, and "
    "judge a golden set: a model may have become worse, or more fakes may come in."
)
_OPINIONS: Final = (
    "When what comes in has not moved, look whether the model of the test was changed, and judge a golden set before anything "
    "rests on it."
)
_SILENCE: Final = (
    "A test that says nothing protects nobody: look at what comes in, and for errors in the log of the service "
    "that runs it."
)
# Subject, words for up and down, unit, what to do.
_NUMBERS: Final[Mapping[str, tuple[str, str, str, str, str]]] = {
    "risk_score": ("Scores of {medium}s have", "moved up", "moved down", "", _SCORES),
    "megapixels": ("{Medium}s have", "become larger", "become smaller", " megapixels", _INPUT),
    "megabytes": ("Files of {medium}s have", "become larger", "become smaller", " MB", _INPUT),
    "duration_s": ("{Medium}s have", "become longer", "become shorter", " s", _INPUT),
}
_LEVELS: Final = {0.5: "median", 0.1: "the lowest tenth ends at", 0.9: "the highest tenth begins at"}
_CLEAR: Final = 0.1


@dataclass(frozen=True)
class Words:
    """What moved, and what to do, which several quantities may share."""

    sentence: str
    advice: str


@dataclass(frozen=True)
class Change:
    """A quantity that moved, with what was measured and what chance explains of it."""

    medium: str
    what: str
    psi: float
    psi_bound: float
    ks: float | None = None
    ks_bound: float | None = None

    @property
    def measured(self) -> str:
        """The numbers, for brackets."""
        index = f"PSI {self.psi:.2f}, alarm above {self.psi_bound:.2f}"
        return index if self.ks is None else f"{index}; KS {self.ks:.2f}, alarm above {self.ks_bound:.2f}"


def numbers_moved(change: Change, before: Numbers, found: Floats) -> Words:
    """About a number."""
    subject, up, down, unit, advice = _NUMBERS.get(change.what) or _opinion(change.what)
    subject = subject.format(medium=change.medium, Medium=change.medium.capitalize())
    was, now = np.repeat(before.values, before.counts), np.sort(found)
    level = _level(was, now)
    old, new = (float(np.quantile(own, level, method="inverted_cdf")) for own in (was, now))
    if old == new:
        return Words(f"{subject} {_spread(before, found, unit)} ({change.measured}).", advice)
    moved = f"{_LEVELS[level]} {old:g} → {new:g}{unit}"
    return Words(f"{subject} {up if new > old else down}: {moved} ({change.measured}).", advice)


def names_moved(change: Change, before: Mapping[str, int], found: Sequence[str]) -> Words:
    """About names: the one whose share grew most."""
    was, now = _shares(before), _shares(Counter(found))
    name = max({*was, *now}, key=lambda own: now.get(own, 0.0) - was.get(own, 0.0))
    shares = f"{now.get(name, 0.0):.0%} of {change.medium}s, was {was.get(name, 0.0):.0%}"
    if not change.what.startswith(ABSTENTION):
        return Words(f"{name} are {shares} ({change.measured}).", _INPUT)
    cue = change.what.removeprefix(ABSTENTION)
    if name == NOT_ASKED:
        return Words(f"{cue} was not run on {shares} ({change.measured}).", _SILENCE)
    verb = "has" if name == ANSWERED else "says"
    advice = _OPINIONS if name == ANSWERED else _SILENCE
    return Words(f"{cue} {verb} {name} on {shares} ({change.measured}).", advice)


def _opinion(what: str) -> tuple[str, str, str, str, str]:
    cue = what.removeprefix(CUE)
    return f"What {cue} says of {{medium}}s has", "moved towards manipulated", "moved towards genuine", "", _OPINIONS


def _level(was: Floats, now: Floats) -> float:
    """The quantile to tell of: the median when it moved clearly, else which of the three moved furthest."""

    def moved(share: float) -> float:
        new = np.quantile(now, share, method="inverted_cdf")
        low, high = (np.searchsorted(was, new, side) / was.size for side in ("left", "right"))
        return float(max(low - share, share - high, 0.0))

    return 0.5 if moved(0.5) >= _CLEAR else max(_LEVELS, key=moved)


def _spread(before: Numbers, found: Floats, unit: str) -> str:
    """Where no quantile moved: the bin that did."""
    was = before.histogram(np.asarray(before.values), np.asarray(before.counts)) / before.size
    now = before.histogram(found) / found.size
    index = int(np.argmax(np.abs(now - was)))
    edges = before.edges
    below = f"below {edges[index]:g}{unit}" if index < len(edges) else ""
    above = f"from {edges[index - 1]:g}{unit}" if index else ""
    place = " and ".join(part for part in (above, below) if part)
    return f"spread differently: {now[index]:.0%} lie {place}, was {was[index]:.0%}"


def _shares(counts: Mapping[str, int]) -> Mapping[str, float]:
    everything = sum(counts.values())
    return {name: count / everything for name, count in counts.items()}

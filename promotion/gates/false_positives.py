"""Does it accuse authentic files no more often, whatever they are from, and not by accusing nobody?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from promotion.gates.case import Case, alone, gate, numbered
from promotion.golden import Item
from promotion.statistics import Bools, Floats, chance_of_so_many, rate_bounds
from telltale.model.v1 import registry_pb2

NAME: Final = "false_positive_rate"
_UNLIKELY: Final = 0.05


@dataclass(frozen=True)
class _Accused:
    """Whether each item of one label is accused at the operating point, of those on which either spoke: (N,) each."""

    items: Sequence[Item]
    candidate: Bools
    live: Bools

    @classmethod
    def of(cls, case: Case, *, fake: bool) -> _Accused:
        # Items that the model has nothing to say of would only make the share of false alarms look small.
        heard = [
            (item, ours.alarm, theirs.alarm)
            for item, ours, theirs in case.pairs()
            if item.fake == fake and (ours.llr is not None or theirs.llr is not None)
        ]
        alarms = np.array([alarms for _, *alarms in heard], bool).reshape(-1, 2)
        return cls([item for item, *_ in heard], alarms[:, 0], alarms[:, 1])

    def as_numbers(self) -> tuple[Floats, Floats]:
        """0 and 1, candidate and live."""
        return self.candidate.astype(np.float64), self.live.astype(np.float64)

    def by_source(self) -> Iterator[tuple[str, _Accused]]:
        """One of these for each source, in order of their names."""
        for source in sorted({item.source for item in self.items}):
            chosen = np.array([item.source == source for item in self.items])
            items = [item for item in self.items if item.source == source]
            yield source, _Accused(items, self.candidate[chosen], self.live[chosen])


def false_positive_rate(case: Case) -> registry_pb2.Gate:
    """The share of authentic items that are accused: over all of them no worse, and in no source above its bound.

    Whoever raises the threshold accuses fewer of both, so as many fakes must be found there.
    """
    accused, needed = _Accused.of(case, fake=False), case.policy.min_items_per_label
    if len(accused.items) < needed:
        return gate(
            NAME, False, f"too few items to tell: {len(accused.items)} real, and {needed} are needed; add items"
        )
    refusals = [problem for source, part in accused.by_source() for problem in _problems(case, accused, source, part)]
    return _first(case, accused, refusals) if case.measurements.live is None else _against(case, accused, refusals)


def _against(case: Case, accused: _Accused, refusals: list[str]) -> registry_pb2.Gate:
    authentic, items = np.zeros(len(accused.items), bool), len(accused.items)
    found, unseen = case.difference(_share, authentic, *accused.as_numbers()), case.heard(any).unseen(False)
    found = found.allowing(unseen)
    overall, caught = case.not_worse(found.value, found.high, items, unseen), _Accused.of(case, fake=True)
    facts = (
        f"accuses {int(accused.candidate.sum())} of {items} authentic items, live {int(accused.live.sum())}, "
        f"difference {found.value:+.4f} and at most {found.high:+.4f}; finds {int(caught.candidate.sum())} of "
        f"{len(caught.items)} fakes there, live {int(caught.live.sum())}"
    )
    problems = [overall, _blindness(case, caught), *refusals]
    return numbered(NAME, "; ".join(filter(None, problems)), facts, found, items)


def _blindness(case: Case, caught: _Accused) -> str:
    lost, won = (int(each.sum()) for each in (caught.live & ~caught.candidate, caught.candidate & ~caught.live))
    worse = (lost - won) / max(1, len(caught.items))
    if worse <= case.policy.margin or chance_of_so_many(lost, won) >= _UNLIKELY:
        return ""
    return f"finds {worse:.4f} fewer of the fakes, and the margin is {case.policy.margin:g}"


def _first(case: Case, accused: _Accused, refusals: list[str]) -> registry_pb2.Gate:
    hits, items = int(accused.candidate.sum()), len(accused.items)
    points = case.card.postprocessing.operating_points
    # The rule of the point with the highest threshold is the one that is applied here.
    promised = max(points, key=lambda point: point.threshold).false_positive_rate_upper if points else None
    facts = f"nothing is live: accuses {hits} of {items} authentic items"
    if promised is not None:
        facts += f"; its card promises at most {promised:.4f}"
        if rate_bounds(hits, items)[0] > promised:
            refusals.append("more than its card promises")
    return alone(NAME, "; ".join(refusals), facts, hits / items, items)


def _problems(case: Case, everything: _Accused, source: str, part: _Accused) -> Iterator[str]:
    hits, before, items = int(part.candidate.sum()), int(part.live.sum()), len(part.items)
    bound = case.policy.max_false_positive_rate
    if rate_bounds(hits, items)[0] > max(bound, before / items):
        yield f"{hits} of {items} from {source}, where at most {max(bound, before / items):.0%} may be"
    more, fewer = int((part.candidate & ~part.live).sum()), int((part.live & ~part.candidate).sum())
    sources = len({item.source for item in everything.items})
    # With many sources, one of them is worse by chance: each gets its part of the risk.
    if case.measurements.live is not None and chance_of_so_many(more, fewer) < _UNLIKELY / sources:
        yield f"{hits} of {items} from {source}, where live accuses {before}"


def _share(fake: Bools, accused: Floats) -> float:
    return float(accused[~fake].mean())

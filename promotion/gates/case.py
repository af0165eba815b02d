"""What gates look at."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from kit.models.card import LoadedModel
from promotion.golden import Item
from promotion.measurements import Measurements, Reading
from promotion.policy import Policy
from promotion.statistics import Bools, Difference, Floats, Measure, difference, unseen_share
from telltale.model.v1 import card_pb2, registry_pb2


@dataclass(frozen=True)
class Spoken:
    """The items on which any side gave an opinion: (N,) each. Silence is a ratio of 0, which tells nothing: who holds back what
    is hard gains nothing by it. Where nothing is live, `live` says nothing."""

    fake: Bools
    candidate: Floats
    live: Floats

    def counted(self) -> str:
        """E.g. "100 real and 98 fake"."""
        return f"{int((~self.fake).sum())} real and {int(self.fake.sum())} fake"

    def unseen(self, *labels: bool) -> float:
        """What share of items with these labels may be of a kind that is not among them. None for two that say the same."""
        if np.array_equal(self.candidate, self.live):
            return 0.0
        return max(unseen_share(int((self.fake == label).sum())) for label in labels)


@dataclass(frozen=True)
class Case:
    """A candidate, what was measured, and the bounds that it is held to."""

    model: LoadedModel
    measurements: Measurements
    policy: Policy

    @property
    def card(self) -> card_pb2.ModelCard:
        """The candidate's card."""
        return self.model.card

    def spoken(self) -> Spoken | str:
        """The items on which any side gave an opinion; why they would tell nothing, where every side did on too few."""
        every = self.heard(all)
        needed = self.policy.min_items_per_label
        if min(int(every.fake.sum()), int((~every.fake).sum())) >= needed:
            return self.heard(any)
        who = "both gave an opinion" if self.measurements.live else "it gave an opinion"
        return f"too few items to tell: {who} on {every.counted()}, and {needed} of each are needed; add items"

    def heard(self, by: Callable[[Iterable[bool]], bool]) -> Spoken:
        """The items on which all sides, or any, gave an opinion."""
        rows = [
            (item.fake, *(said.llr or 0.0 for said in (ours, theirs)))
            for item, ours, theirs in self.pairs()
            if by(said.llr is not None for said in ((ours, theirs) if self.measurements.live else (ours,)))
        ]
        table = np.array(rows, np.float64).reshape(-1, 3)
        return Spoken(table[:, 0].astype(np.bool_), table[:, 1], table[:, 2])

    def difference(self, measure: Measure, fake: Bools, candidate: Floats, live: Floats) -> Difference:
        """The measure of both sides with the policy's bootstrap."""
        rounds, seed = self.policy.bootstrap_rounds, self.policy.bootstrap_seed
        return difference(measure, fake, candidate, live, rounds=rounds, seed=seed)

    def not_worse(self, worse: float, at_most: float, items: int, unseen: float = 0.0) -> str:
        """Why a candidate that measured `worse` by that much, and may be by `at_most`, is refused; empty when it is not.

        `unseen` is what the bound leaves for items that were not seen.
        """
        margin = self.policy.margin
        if at_most < margin or at_most <= 0:
            return ""
        if worse >= margin:
            return f"worse by {worse:.4f}, and the margin is {margin:g}"
        # Intervals shrink with the square root of the items, but what was not seen as they grow.
        power = 1 if math.isclose(at_most - worse, unseen) else 2
        enough = math.ceil(items * ((at_most - worse) / (margin - worse)) ** power / 10) * 10
        return f"too few items to tell: it may be worse by {at_most:.4f}, and the margin is {margin:g}; about {enough} would tell"

    def pairs(self) -> Iterator[tuple[Item, Reading, Reading]]:
        """Every item with what the candidate and what is live said of it; nothing live says nothing."""
        measured = self.measurements
        live = measured.live.readings if measured.live else [Reading(None, False, 0.0)] * len(measured.items)
        return zip(measured.items, measured.candidate.readings, live, strict=True)


def gate(name: str, passed: bool, finding: str) -> registry_pb2.Gate:
    """A gate without numbers."""
    return registry_pb2.Gate(name=name, passed=passed, finding=finding)


def numbered(name: str, refusal: str, facts: str, found: Difference, items: int) -> registry_pb2.Gate:
    """A gate with the numbers of both sides: it passes where there is no refusal."""
    return registry_pb2.Gate(
        name=name,
        passed=not refusal,
        finding=f"{facts}: {refusal}" if refusal else facts,
        candidate=found.candidate,
        live=found.live,
        difference_low=found.low,
        difference_high=found.high,
        items=items,
    )


def alone(name: str, refusal: str, facts: str, candidate: float, items: int) -> registry_pb2.Gate:
    """The same where nothing is live."""
    finding = f"{facts}: {refusal}" if refusal else facts
    return registry_pb2.Gate(name=name, passed=not refusal, finding=finding, candidate=candidate, items=items)

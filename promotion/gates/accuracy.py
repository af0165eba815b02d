"""Does it tell fakes from real ones no worse, and on as many files?"""

from __future__ import annotations

from typing import Final

from promotion.gates.case import Case, Spoken, alone, gate, numbered
from promotion.measurements import Side
from promotion.statistics import Difference, auc
from telltale.model.v1 import registry_pb2

NAME: Final = "accuracy"
_CHANCE: Final = 0.5


def accuracy(case: Case) -> registry_pb2.Gate:
    """Area under the ROC curve over the items on which either spoke, and the shares of those on which each did not."""
    spoken = case.spoken()
    if isinstance(spoken, str):
        return gate(NAME, False, spoken)
    found = case.difference(auc, spoken.fake, spoken.candidate, spoken.live)
    live = case.measurements.live
    return _first(case, spoken, found) if live is None else _against(case, live, spoken, found)


def _against(case: Case, live: Side, spoken: Spoken, found: Difference) -> registry_pb2.Gate:
    ours, theirs, items = _silent(case.measurements.candidate), _silent(live), len(case.measurements.items)
    unseen = spoken.unseen(True, False)
    found = found.allowing(unseen)
    facts = (
        f"AUC {found.candidate:.4f}, live {found.live:.4f}, difference {found.value:+.4f} and at least {found.low:+.4f} "
        f"over {spoken.counted()}; abstains on {ours} of {items}, live on {theirs}"
    )
    refusal = case.not_worse(-found.value, -found.low, spoken.fake.size, unseen)
    if (ours - theirs) / spoken.fake.size > case.policy.margin:
        refusal = f"abstains more often, and the margin is {case.policy.margin:g}"
    return numbered(NAME, refusal, facts, found, spoken.fake.size)


def _first(case: Case, spoken: Spoken, found: Difference) -> registry_pb2.Gate:
    # Zeros stand for nothing live, and their AUC is that of chance.
    promised, ours = _promised(case), _silent(case.measurements.candidate)
    facts = (
        f"nothing is live: AUC {found.candidate:.4f} and at least {_CHANCE + found.low:.4f} over {spoken.counted()}; "
        f"abstains on {ours} of {len(case.measurements.items)}; its card promises at least {promised:.4f}"
    )
    refusal = "" if found.candidate >= promised else "less than its card promises"
    if found.low <= 0:
        refusal = "not shown to be better than chance"
    return alone(NAME, refusal, facts, found.candidate, spoken.fake.size)


def _promised(case: Case) -> float:
    """The lowest end of all intervals that the card gives for an AUC, and no less than chance."""
    lows = [metric.low for metric in case.card.metrics if metric.metric == "auc" and metric.HasField("low")]
    return max(_CHANCE, min(lows, default=_CHANCE))


def _silent(side: Side) -> int:
    return sum(reading.llr is None for reading in side.readings)

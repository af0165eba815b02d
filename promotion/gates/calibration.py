"""May its numbers be believed as much?"""

from __future__ import annotations

from typing import Final

from promotion.gates.case import Case, Spoken, alone, gate, numbered
from promotion.statistics import Difference, cllr, expected_calibration_error
from telltale.model.v1 import registry_pb2

NAME: Final = "calibration"
# What it costs to say nothing.
_SILENCE_BITS: Final = 1.0


def calibration(case: Case) -> registry_pb2.Gate:
    """Cllr, the cost of the log-likelihood ratios in bits, and the expected calibration error; both no worse."""
    spoken = case.spoken()
    if isinstance(spoken, str):
        return gate(NAME, False, spoken)
    cost = case.difference(cllr, spoken.fake, spoken.candidate, spoken.live)
    gap = case.difference(expected_calibration_error, spoken.fake, spoken.candidate, spoken.live)
    return _first(case, spoken, cost, gap) if case.measurements.live is None else _against(case, spoken, cost, gap)


def _against(case: Case, spoken: Spoken, cost: Difference, gap: Difference) -> registry_pb2.Gate:
    items = spoken.fake.size
    facts = (
        f"Cllr {cost.candidate:.4f} bits, live {cost.live:.4f}, difference {cost.value:+.4f} and at most {cost.high:+.4f}; "
        f"ECE {gap.candidate:.4f}, live {gap.live:.4f}, difference {gap.value:+.4f} and at most {gap.high:+.4f}"
    )
    refusals = {
        "Cllr": case.not_worse(cost.value, cost.high, items),
        "ECE": case.not_worse(gap.value, gap.high, items),
    }
    return numbered(NAME, "; ".join(f"{each} {why}" for each, why in refusals.items() if why), facts, cost, items)


def _first(case: Case, spoken: Spoken, cost: Difference, gap: Difference) -> registry_pb2.Gate:
    promised = max((metric.high for metric in case.card.metrics if metric.metric == "ece"), default=None)
    facts = f"nothing is live: Cllr {cost.candidate:.4f} bits, where saying nothing costs 1; ECE {gap.candidate:.4f}"
    refusal = "" if cost.candidate < _SILENCE_BITS else "its ratios mislead more than they tell"
    if promised is not None:
        # Of few items the error comes out higher by chance, so its lower bound counts; zeros stand for nothing live.
        least = gap.live + gap.low
        facts += f" and at least {least:.4f}, its card promises at most {promised:.4f}"
        if least > promised:
            refusal = "worse calibrated than its card promises"
    return alone(NAME, refusal, facts, cost.candidate, spoken.fake.size)

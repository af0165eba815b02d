"""What is watched of predictions: numbers, and names of which there are few. The keys are the label `what` of the metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kit.predictions import Prediction

ANSWERED: Final = "an opinion"
"""What stands for a finding among the reasons of abstentions."""
NOT_ASKED: Final = "nothing"
"""What stands for a test that was not run."""
CUE: Final = "cue:"
ABSTENTION: Final = "abstention:"
_DIGITS: Final = 3


def numbers(predictions: Iterable[Prediction]) -> Mapping[str, list[float]]:
    """Values to three digits, by quantity; of what only some predictions have, fewer."""
    found: dict[str, list[float]] = defaultdict(list)
    for own in predictions:
        facts = {
            "risk_score": own.risk_score,
            "megapixels": own.megapixels,
            "megabytes": own.megabytes,
            "duration_s": own.duration_s,
            **{CUE + cue: ratio for cue, ratio in own.findings.items()},
        }
        for what, value in facts.items():
            if value is not None:
                found[what].append(float(f"{value:.{_DIGITS}g}"))
    return found


def names(predictions: Sequence[Prediction], cues: Iterable[str]) -> Mapping[str, list[str]]:
    """One name per prediction, by quantity: the form, and what each of the tests did."""
    forms = {"form": [own.form for own in predictions]}
    return forms | {ABSTENTION + cue: [_said(own, cue) for own in predictions] for cue in cues}


def cues_of(predictions: Iterable[Prediction]) -> set[str]:
    """Names of all tests that were run."""
    return {cue for own in predictions for cue in (*own.findings, *own.abstentions)}


def _said(own: Prediction, cue: str) -> str:
    return ANSWERED if cue in own.findings else own.abstentions.get(cue, NOT_ASKED)

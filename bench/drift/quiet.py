"""How often an alarm comes although nothing has changed: references and windows drawn from the same predictions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from bench.drift.photos import FED, REFERENCE
from kit.predictions import Prediction
from monitoring.drift.compare import compare
from monitoring.drift.reference import make

WINDOWS: Final = 5000


def false_alarms(predictions: Sequence[Prediction], windows: int = WINDOWS, seed: int = 1) -> int:
    """In how many of so many windows anything at all is said to have moved. Predictions are drawn whole, with replacement."""
    chance = random.Random(seed)
    found = 0
    for _ in range(windows):
        reference = make(chance.choices(predictions, k=REFERENCE), {}).media["photo"]
        found += bool(compare("photo", reference, chance.choices(predictions, k=FED)).moved)
    return found

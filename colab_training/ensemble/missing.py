"""What is left of fusion when tests give no opinion: every choice of one, two or three of them, or as many as are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from colab_training.ensemble.verdicts import Judged
from colab_training.evaluation import calibration_error
from colab_training.metrics import auc

MOST = 3
_SEED = 20261123
Silenced = Callable[[Collection[str]], Judged]


@dataclass(frozen=True)
class Without:
    """Fusion without some tests."""

    tests: tuple[str, ...]
    auc: float
    ece: float
    false_alarms: float
    """Share of real media SUSPICIOUS or worse."""
    worst_source: float
    """The same of the source accused most often, of those with ten real media or more."""
    found: float
    """Share of fakes SUSPICIOUS or worse."""
    inconclusive: float


def without(tests: Sequence[str], silenced: Silenced, most_of_a_size: int | None = None) -> list[Without]:
    """Nothing taken away, then every choice of up to MOST tests; of each size at most so many, drawn by chance."""
    rng = np.random.default_rng(_SEED)
    rows = [_row((), silenced)]
    for size in range(1, min(MOST, len(tests)) + 1):
        choices = list(combinations(sorted(tests), size))
        if most_of_a_size is not None and len(choices) > most_of_a_size:
            choices = [choices[n] for n in sorted(rng.choice(len(choices), most_of_a_size, replace=False))]
        rows += [_row(choice, silenced) for choice in choices]
    return rows


def _row(tests: tuple[str, ...], silenced: Silenced) -> Without:
    own = silenced(tests)
    real = ~own.fake
    return Without(
        tests=tests,
        auc=auc(own.fake, own.log_odds),
        ece=calibration_error(own.fake, own.log_odds),
        false_alarms=float(own.accused[real].mean()),
        worst_source=_worst(own),
        found=float(own.accused[own.fake].mean()),
        inconclusive=float(own.undecided.mean()),
    )


def _worst(own: Judged) -> float:
    real = ~own.fake
    shares = [
        own.accused[real & (own.sources == source)].mean()
        for source in set(own.sources[real])
        if (own.sources[real] == source).sum() >= 10
    ]
    return float(max(shares, default=0.0))

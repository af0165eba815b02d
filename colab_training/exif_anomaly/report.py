"""What the fit reaches on makes that it never saw, as rows for the card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from colab_training.card_rows import metric_row
from colab_training.exif_anomaly.files import ORIGINAL, Example, makes
from colab_training.exif_anomaly.fitting import kinds_of, unseen_makes
from colab_training.metrics import Estimate, auc, rate
from telltale.model.v1 import card_pb2

Floats = NDArray[np.float64]
SPLIT: Final = "leave one make out"
UNSEEN: Final = "leave one make and this forgery out"
_ROUNDS: Final = 1000


def measure(found: Sequence[Example], odds: Floats, ridge: float) -> list[card_pb2.Metric]:
    """Rows: area under the curve, of all and of each forgery, also when it was never seen; shares that lean to a forgery."""
    return [
        metric_row("auc", "all forgeries", SPLIT, _auc(found, odds, kinds_of(found))),
        *(metric_row("auc", kind, SPLIT, _auc(found, odds, [kind])) for kind in kinds_of(found)),
        *(
            metric_row("auc", kind, UNSEEN, _auc(found, unseen_makes(found, ridge, kind), [kind]))
            for kind in kinds_of(found)
        ),
        *_shares(found, odds),
    ]


def _auc(found: Sequence[Example], odds: Floats, kinds: Sequence[str]) -> Estimate:
    """Area under the curve against the originals; its interval from drawing whole makes, as their files are alike."""
    chosen = [index for index, e in enumerate(found) if e.kind in (ORIGINAL, *kinds)]
    changed = np.array([e.changed for e in found])
    groups = [np.array([index for index in chosen if found[index].make == make]) for make in makes(found)]
    rng = np.random.default_rng(0)
    drawn = (
        np.concatenate([groups[pick] for pick in rng.integers(len(groups), size=len(groups))]) for _ in range(_ROUNDS)
    )
    low, high = np.nanquantile([auc(changed[index], odds[index]) for index in drawn], [0.025, 0.975])
    return Estimate(auc(changed[chosen], odds[chosen]), float(low), float(high), len(chosen))


def _shares(found: Sequence[Example], odds: Floats) -> Iterator[card_pb2.Metric]:
    for kind in (ORIGINAL, *kinds_of(found)):
        above = [bool(odds[index] > 0) for index, e in enumerate(found) if e.kind == kind]
        yield metric_row("share above even", kind, SPLIT, rate(sum(above), len(above)))

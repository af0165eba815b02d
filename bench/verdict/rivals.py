"""Fusion against what is simpler: the best single test, and the average of what all tests hold for probable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.verdict.kinds import Kind
from colab_training.ensemble.methods import AVERAGE, BOOSTED, METHODS, RULE, SINGLE
from colab_training.metrics import Bools, Estimate, Floats, auc, bootstrap

FUSION = "fusion"
NAMES = (SINGLE, AVERAGE, RULE, BOOSTED, FUSION)
_ROUNDS = 500
_SEED = 20261123


@dataclass(frozen=True)
class Rivals:
    """AUC on split val by method; by how much fusion is above each, on the same media."""

    areas: dict[str, Estimate]
    ahead: dict[str, Estimate]


def rivals(kinds: Sequence[Kind]) -> Rivals:
    """Over these kinds together; the rivals learned, where they learn, from what the fusion learned from."""
    fake = np.concatenate([kind.val.fake for kind in kinds])
    values = {name: np.concatenate([_log_odds(kind, name) for kind in kinds]) for name in NAMES}
    areas = {name: bootstrap(auc, fake, own, rounds=_ROUNDS) for name, own in values.items()}
    ahead = {name: _ahead(fake, values[FUSION], values[name]) for name in NAMES if name != FUSION}
    return Rivals(areas, ahead)


def best_test(kind: Kind) -> str:
    """The test that is best on the media to learn from."""
    areas = [auc(kind.learned.fake, column) for column in kind.learned.heard.T]
    return kind.learned.cues[int(np.argmax(areas))]


def _log_odds(kind: Kind, name: str) -> Floats:
    if name == FUSION:
        return kind.judged().log_odds
    return METHODS[name](kind.learned)(kind.val.ratios)


def _ahead(fake: Bools, fusion: Floats, rival: Floats) -> Estimate:
    """Difference of the AUCs, resampled together within each class."""
    rng = np.random.default_rng(_SEED)
    classes = (np.flatnonzero(fake), np.flatnonzero(~fake))

    def gap(own: NDArray[np.intp]) -> float:
        return auc(fake[own], fusion[own]) - auc(fake[own], rival[own])

    drawn = (np.concatenate([rng.choice(own, own.size) for own in classes]) for _ in range(_ROUNDS))
    low, high = np.quantile([gap(own) for own in drawn], [0.025, 0.975])
    return Estimate(gap(np.arange(fake.size)), float(low), float(high), fake.size)

"""Methods held against each other on media whose group or source they did not learn from, also with opinions taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from colab_training.ensemble.methods import METHODS, Method
from colab_training.ensemble.table import Names, Table
from colab_training.evaluation import calibration_error
from colab_training.metrics import Bools, Floats, auc

FOLDS = 5
MOST_DROPPED = 3
_COPIES = 4
_SEED = 20261123

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True)
class Numbers:
    """How good log-odds are."""

    auc: float
    log_loss: float
    ece: float


@dataclass(frozen=True)
class Compared:
    """One method: with every opinion there is, with up to three taken away, and on sources it did not learn from."""

    method: str
    whole: Numbers
    dropped: Numbers
    new_sources: Numbers


def compare(table: Table, methods: Mapping[str, Method] = METHODS) -> list[Compared]:
    """All methods on one table, out of fold."""
    rng = np.random.default_rng(_SEED)
    copies = [table.dropped(MOST_DROPPED, rng) for _ in range(_COPIES)]
    by_group, by_source = folds(table, table.groups), folds(table, table.sources)
    rows = []
    for name, method in methods.items():
        whole, *dropped = out_of_fold(table, [table, *copies], method, by_group)
        (new,) = out_of_fold(table, [table], method, by_source)
        together = numbers(np.tile(table.fake, _COPIES), np.concatenate(dropped))
        rows.append(Compared(name, numbers(table.fake, whole), together, numbers(table.fake, new)))
    return rows


def folds(table: Table, names: Names) -> list[Fold]:
    """Folds without a name on both sides; one for each name where there are few."""
    count = len(set(names))
    if count < 2:
        return []
    most = count if count <= 3 * FOLDS else FOLDS
    return [(fit, rest) for fit, rest in GroupKFold(most).split(table.ratios, table.fake, names) if _both(table, fit)]


def out_of_fold(table: Table, asked: Sequence[Table], method: Method, parts: Sequence[Fold]) -> list[Floats]:
    """Log-odds (N,) of every table asked about, by a method that did not learn from the fold; 0 where none could."""
    found = [np.zeros(len(table)) for _ in asked]
    for fit, rest in parts:
        predict = method(table.part(fit))
        for log_odds, rows in zip(found, asked, strict=True):
            log_odds[rest] = predict(rows.ratios[rest])
    return found


def numbers(fake: Bools, log_odds: Floats) -> Numbers:
    """AUC, mean negative log-likelihood of the label in nats, and expected calibration error."""
    loss = float(np.logaddexp(0, np.where(fake, -log_odds, log_odds)).mean())
    return Numbers(auc(fake, log_odds), loss, calibration_error(fake, log_odds))


def _both(table: Table, index: NDArray[np.intp]) -> bool:
    return 0 < int(table.fake[index].sum()) < index.size

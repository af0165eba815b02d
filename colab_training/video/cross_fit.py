"""Raw numbers of clips from models that never saw the clips' source, for calibration and for honest figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from colab_training.metrics import Bools, Floats
from colab_training.video.clip_set import ClipSet
from colab_training.video.judges import Judge, learn
from colab_training.video.settings import VideoSettings

Learning: TypeAlias = Callable[[VideoSettings, ClipSet, ClipSet, Path], Judge]
"""From the clips to learn from, clips that are only watched, and where a checkpoint goes, to a judge."""


@dataclass(frozen=True, eq=False)
class CrossFit:
    """The shipped judge, and what judges without a clip's source say of it."""

    final: Judge
    folds: list[Judge]
    """One per fold, each without the fold's sources."""
    made: Floats
    """(N,) raw numbers of the made clips."""
    recorded: Floats
    """(M,) raw numbers of the recorded clips; for sources of fakes that are in no fold the mean of all folds'."""


def cross_fit(
    settings: VideoSettings, made: ClipSet, recorded: ClipSet, cache: Path, learning: Learning = learn
) -> CrossFit:
    """Trains one judge per fold without the fold's sources, and one on all made clips; recorded clips are never learned from."""
    folds: list[Judge] = []
    of_made, of_recorded = np.full(len(made), np.nan), np.zeros((len(settings.folds), len(recorded)))
    for number, sources in enumerate(settings.folds):
        held = _of(made, sources)
        taught, left = made.only(np.flatnonzero(~held)), made.only(np.flatnonzero(held))
        folds.append(learning(settings, taught, left, cache / f"{settings.name}-fold{number}.pt"))
        of_made[held] = folds[-1].raw(left)
        of_recorded[number] = folds[-1].raw(recorded)
    values = _mean_of_known(of_recorded)
    for number, sources in enumerate(settings.folds):
        values[_of(recorded, sources)] = of_recorded[number, _of(recorded, sources)]
    final = learning(settings, made, recorded, cache / f"{settings.name}.pt")
    return CrossFit(final, folds, of_made, np.asarray(values, np.float64))


def _mean_of_known(raw: Floats) -> Floats:
    """(M,) means over the folds (K, M) that have an opinion; NaN where none has."""
    known = np.isfinite(raw)
    total = np.where(known, raw, 0.0).sum(axis=0)
    return np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)


def _of(clips: ClipSet, sources: list[str]) -> Bools:
    return np.array([tag.source in sources for tag in clips.tags], bool)

"""Raw numbers of clips from models that never saw the clips' source, for calibration and for honest figures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colab_training.metrics import Bools, Floats
from colab_training.video.clip_set import ClipSet, joined
from colab_training.video.judges import Judge, learn
from colab_training.video.settings import VideoSettings


@dataclass(frozen=True, eq=False)
class CrossFit:
    """The shipped judge, and what judges without a clip's source say of it."""

    final: Judge
    folds: list[Judge]
    """One per fold, each without the fold's sources."""
    made: Floats
    """(N,) raw numbers of the made clips."""
    recorded: Floats
    """(M,) raw numbers of the recorded clips; NaN for sources that are in no fold, which only split val has."""


def cross_fit(settings: VideoSettings, made: ClipSet, recorded: ClipSet, cache: Path) -> CrossFit:
    """Trains one judge per fold without the fold's sources, and one on everything but split val, which nothing learns from."""
    learned = np.flatnonzero([tag.split == "train" for tag in recorded.tags])
    everything = joined([made, recorded.only(learned)])
    folds: list[Judge] = []
    of_made, of_recorded = np.full(len(made), np.nan), np.full(len(recorded), np.nan)
    for number, sources in enumerate(settings.folds):
        held, held_made, held_recorded = (_of(clips, sources) for clips in (everything, made, recorded))
        folds.append(
            learn(
                settings,
                everything.only(np.flatnonzero(~held)),
                everything.only(np.flatnonzero(held)),
                cache / f"{settings.name}-fold{number}.pt",
            )
        )
        of_made[held_made] = folds[-1].raw(made.only(np.flatnonzero(held_made)))
        of_recorded[held_recorded] = folds[-1].raw(recorded.only(np.flatnonzero(held_recorded)))
    final = learn(settings, everything, recorded, cache / f"{settings.name}.pt")
    return CrossFit(final, folds, of_made, of_recorded)


def _of(clips: ClipSet, sources: list[str]) -> Bools:
    return np.array([tag.source in sources for tag in clips.tags], bool)

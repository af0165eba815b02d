"""Every recording of train judged by a judge that has heard neither its speaker nor its source, nor the system of a fake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colab_training.voice_spoof.items import Items
from colab_training.voice_spoof.judge import Floats, Judge, fit_judge, judged
from colab_training.voice_spoof.manifest import fold_of
from colab_training.voice_spoof.settings import VoiceSettings


@dataclass(frozen=True, eq=False)
class Found:
    """The shipped judge, and raw logits (N,) of all items: of train by judges that left them out, of val by the shipped one."""

    judge: Judge
    raw: Floats


def cross_fit(settings: VoiceSettings, items: Items, say: Callable[[str], None] = print) -> Found:
    """Fits one judge per fold and the shipped one.

    A fold leaves out whole groups of recordings and, with them, every other recording of a system or of a speaker that is
    in them, wherever it comes from: copy-synthesis speaks with the voices of real recordings.
    """
    train = np.array([item.utterance.split == "train" for item in items.items])
    folds = np.array([fold_of(item.utterance.group, settings.folds, settings.seed) for item in items.items])
    systems = np.array([item.utterance.system for item in items.items])
    speakers = np.array([item.utterance.speaker for item in items.items])
    judge = fit_judge(settings, items.part(train))
    raw = np.where(train, np.nan, judged(judge, items.numbers))
    for fold in range(settings.folds):
        out = train & (folds == fold)
        left = train & ~out & ~_shared(systems, out) & ~_shared(speakers, out)
        raw[out] = judged(fit_judge(settings, items.part(left)), items.numbers[out])
        say(f"fold {fold + 1} of {settings.folds}: {int(left.sum())} items taught, {int(out.sum())} judged")
    return Found(judge, raw)


def _shared(names: NDArray[np.str_], out: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Items with a name that one of those left out has, (N,); the empty name is none."""
    return np.isin(names, names[out]) & (names != "")

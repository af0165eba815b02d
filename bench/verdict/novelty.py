"""How well voices are told when their recordings have less and less in common with what the voice test learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from colab_training.metrics import Estimate, auc, bootstrap
from colab_training.voice_spoof.judgements import Judgement

AS_FILED = "as filed"
SOURCES, SYSTEMS, BOTH = "sources not met", "systems not met", "neither source nor system met"


def novelty(judgements: Sequence[Judgement]) -> dict[str, Estimate]:
    """AUC on untouched recordings of split val, by what of them split train does not have: of fakes the system that made them, of
    all the source that they come from.
    """
    whole = [own for own in judgements if not own.damage]
    train, val = ([own for own in whole if own.split == split] for split in ("train", "val"))
    sources, systems = {own.source for own in train}, {own.system for own in train if own.fake}
    new_source = [own.source not in sources for own in val]
    new_system = [not own.fake or own.system not in systems for own in val]
    kept = {
        AS_FILED: [True] * len(val),
        SOURCES: new_source,
        SYSTEMS: new_system,
        BOTH: [one and other for one, other in zip(new_source, new_system, strict=True)],
    }
    return {name: _area([own for own, keep in zip(val, keeps, strict=True) if keep]) for name, keeps in kept.items()}


def _area(recordings: Sequence[Judgement]) -> Estimate:
    fake = np.array([own.fake for own in recordings])
    return bootstrap(auc, fake, np.array([own.log_likelihood_ratio for own in recordings]))

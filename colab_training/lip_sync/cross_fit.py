"""Networks that never saw the sources they judge, and the one that is shipped. Kept, so that a run can be taken up again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from colab_training.lip_sync.learning import learn
from colab_training.lip_sync.network import LipSync, Mirrored
from colab_training.lip_sync.settings import LipSyncSettings
from colab_training.lip_sync.talks import Talk

_VERSION = 1
"""Of what is kept; higher when the same settings lead to another network."""


@dataclass(frozen=True, eq=False)
class CrossFit:
    """The shipped network, and one per fold without the fold's sources."""

    final: Mirrored
    folds: list[Mirrored]


def cross_fit(settings: LipSyncSettings, talks: Sequence[Talk], cache: Path) -> CrossFit:
    """Learns from the clips of split train whose source is listed in `late_looks`."""
    taught = [talk for talk in talks if talk.clip.split == "train" and talk.clip.source in settings.late_looks]
    folds = []
    for number, left_out in enumerate(settings.folds):
        kept = [talk for talk in taught if talk.clip.source not in left_out]
        folds.append(_kept(settings, kept, cache, f"fold{number}"))
    return CrossFit(_kept(settings, taught, cache, "final"), folds)


def _kept(settings: LipSyncSettings, talks: Sequence[Talk], cache: Path, name: str) -> Mirrored:
    what = [_VERSION, settings.seed, settings.late_looks, settings.network.model_dump(), settings.learning.model_dump()]
    text = json.dumps([what, [talk.clip.file for talk in talks]], sort_keys=True)
    path = cache / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.pt"
    if not path.is_file():
        print(f"{name}: learning from {len(talks)} clips", flush=True)
        torch.save(learn(settings, talks).state_dict(), path)
    network = LipSync(settings.network)
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return Mirrored(network).eval()

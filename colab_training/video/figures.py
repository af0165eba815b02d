"""How well a test of video tells clips apart: by kind of fake, on sources that its judge never saw, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from colab_training.card_rows import metric_row
from colab_training.metrics import Floats, auc, bootstrap
from colab_training.video.clip_set import ClipSet, Tag
from telltale.model.v1 import card_pb2

MADE = "made fakes, source left out"


def by_file(tags: Sequence[Tag], values: Floats) -> tuple[list[Tag], Floats]:
    """One tag and the highest number of each file, which is how files are judged; clips without a number are left out."""
    highest: dict[tuple[str, int], tuple[Tag, float]] = {}
    for tag, value in zip(tags, values, strict=True):
        key = (tag.file, tag.variant)
        if np.isfinite(value) and (key not in highest or value > highest[key][1]):
            highest[key] = (tag, float(value))
    return [tag for tag, _ in highest.values()], np.array([value for _, value in highest.values()])


def clip_metrics(made: ClipSet, of_made: Floats, recorded: ClipSet, of_recorded: Floats) -> list[card_pb2.Metric]:
    """AUC of clips: over made fakes, and over recorded ones by kind and split, each against the real clips of the split."""
    known = np.isfinite(of_made)
    found = [metric_row("auc of clips", MADE, "train", bootstrap(auc, made.fake[known], of_made[known]))]
    for split in ("train", "val"):
        for kind, chosen in _kinds(recorded.tags, split).items():
            usable = chosen & np.isfinite(of_recorded)
            labels = recorded.fake[usable]
            if labels.any() and not labels.all():
                found.append(metric_row("auc of clips", kind, split, bootstrap(auc, labels, of_recorded[usable])))
    return found


def _kinds(tags: Sequence[Tag], split: str) -> dict[str, NDArray[np.bool_]]:
    here = np.array([tag.split == split for tag in tags])
    fake = np.array([tag.fake for tag in tags])
    families = sorted({family(tag.kind) for tag in tags if tag.fake})
    of_family = {name: np.array([family(tag.kind) == name for tag in tags]) for name in families}
    return {"all": here} | {name: here & (~fake | chosen) for name, chosen in of_family.items()}


def family(kind: str) -> str:
    """swap_or_reenact_faceswap and its like as one: there are too few of each."""
    return "swap_or_reenact" if kind.startswith("swap_or_reenact") else kind

"""What notebooks show of the tests of video: clips that they learned from, and what they say of sources they never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from colab_training.metrics import Estimate, auc, bootstrap
from colab_training.video.clip_set import ClipSet
from kit.convert.tensor import Picture
from kit.models.registry import Registry
from kit.serving.networks import Networks
from temporal_svc.build import build_cues
from temporal_svc.cues.cue import Cue

VAL = "val"


@dataclass(frozen=True)
class Asked:
    """AUC of one test's calibrated likelihood ratios on clips of sources that it never saw."""

    test: str
    sources: str
    """Number of the fold, or VAL."""
    area: Estimate


def strips(clips: ClipSet, pictures: int = 8) -> list[tuple[str, Picture]]:
    """`pictures` pictures over time of one clip of every way of making, strip after strip."""
    of_name = {tag.made: position for position, tag in reversed(list(enumerate(clips.tags)))}
    moments = np.linspace(0, clips.pixels.shape[1] - 1, pictures).round().astype(int)
    return [(name, clips.pixels[of_name[name], moment]) for name in sorted(of_name) for moment in moments]


def ask_folds(clips: ClipSet, folds: Sequence[Sequence[str]], registries: Path, models: Path) -> list[Asked]:
    """Recorded clips of split train, each asked about by the fold that left its source out, and of split val, by `models`."""
    found: list[Asked] = []
    for number, sources in enumerate(folds):
        held = [n for n, tag in enumerate(clips.tags) if tag.split == "train" and (tag.fake or tag.source in sources)]
        found += ask(build_cues(Registry(registries / f"fold{number}"), Networks()), clips.only(held), f"fold {number}")
    val = [n for n, tag in enumerate(clips.tags) if tag.split == VAL]
    return found + ask(build_cues(Registry(models), Networks()), clips.only(val), VAL)


def ask(cues: Sequence[Cue], clips: ClipSet, sources: str) -> list[Asked]:
    """What each test says of the clips; none of a test that has an opinion on one class only."""
    faces = [clips.clip(position) for position in range(len(clips))]
    found = []
    for cue in cues if faces else []:
        ratios = cue.log_likelihood_ratios(faces)
        known = np.isfinite(ratios)
        if 0 < clips.fake[known].sum() < known.sum():
            found.append(Asked(cue.name, sources, bootstrap(auc, clips.fake[known], ratios[known])))
    return found


def areas_figure(asked: Sequence[Asked]) -> Figure:
    """One bar per test and fold with its 95% interval; half is no better than chance."""
    figure = Figure(figsize=(9, 0.6 + 0.35 * len(asked)), layout="constrained")
    axes = figure.subplots()
    for place, each in enumerate(asked):
        axes.barh(place, each.area.value, color=f"C{sorted({row.sources for row in asked}).index(each.sources)}")
        axes.plot([each.area.low, each.area.high], [place, place], color="black", linewidth=1)
    axes.set_yticks(
        range(len(asked)), [f"{each.test}, {each.sources} ({each.area.items} clips)" for each in asked], fontsize=8
    )
    axes.axvline(0.5, color="grey", linewidth=0.8)
    axes.set(xlim=(0, 1), xlabel="AUC of clips")
    axes.invert_yaxis()
    return figure

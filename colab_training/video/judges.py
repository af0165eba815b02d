"""One way to train and to ask all four tests: a judge gives clips raw numbers, higher for fakes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import nn

from colab_training.linear_fit import fit_linear
from colab_training.metrics import Floats
from colab_training.video.clip_set import ClipSet
from colab_training.video.learning import NETWORKS, clip_logits, inputs_of, train
from colab_training.video.settings import VideoSettings
from kit.models.fitted import FittedTest, Parameters


@dataclass(frozen=True, eq=False)
class Judge:
    """What a run has learned: `network` or `parameters`."""

    settings: VideoSettings
    network: nn.Module | None = None
    parameters: Parameters | None = None

    def raw(self, clips: ClipSet) -> Floats:
        """(N,) uncalibrated log-odds; NaN where a fitted test is out of its range."""
        if self.network is not None:
            return clip_logits(self.network, clips)
        if self.parameters is None:
            raise ValueError("a judge needs a network or parameters")
        test = FittedTest.of(self.parameters)
        rows = inputs_of(clips)[:, 0]
        return np.array([test.raw(row) if test.strangeness(row) <= 1 else np.nan for row in rows], np.float64)


def learn(settings: VideoSettings, clips: ClipSet, watched: ClipSet, checkpoint: Path) -> Judge:
    """Trains a network, or fits a test, on made clips."""
    if settings.name in NETWORKS:
        return Judge(settings, network=train(settings, clips, watched, checkpoint))
    rows, strength = inputs_of(clips)[:, 0], settings.strength or 1.0
    return Judge(settings, parameters=fit_linear(rows, clips.fake, importance(clips), strength))


def importance(clips: ClipSet) -> Floats:
    """Weights (N,) with mean 1, as training draws: both classes alike, within them every source and kind of fake as often."""
    groups = [(tag.fake, tag.made, tag.source) for tag in clips.tags]
    sizes = Counter(groups)
    of_class = Counter(group[0] for group in sizes)
    weights = np.array([1 / (of_class[group[0]] * sizes[group]) for group in groups])
    return np.asarray(weights / weights.mean(), np.float64)

"""One way to train and to ask all four tests: a judge gives clips raw numbers, higher for fakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from colab_training.linear_fit import fit_linear
from colab_training.metrics import Floats
from colab_training.video.clip_set import RECORDED, ClipSet
from colab_training.video.encoding import encoded_clips
from colab_training.video.learning import NETWORKS, clip_logits, train
from colab_training.video.settings import VideoSettings
from kit.models.fitted import FittedTest, Parameters
from kit.vision.clips import FaceClip
from temporal_svc.features import flicker_features, flow_features

FEATURES: dict[str, Callable[[FaceClip], NDArray[np.float32]]] = {
    "flow_consistency": flow_features,
    "blending_flicker": flicker_features,
}


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
        rows = _measured(clips)
        return np.array([test.raw(row) if test.strangeness(row) <= 1 else np.nan for row in rows], np.float64)


def learn(settings: VideoSettings, clips: ClipSet, watched: ClipSet, checkpoint: Path) -> Judge:
    """Trains a network, or fits a test, on made and recorded clips."""
    if settings.name in NETWORKS:
        return Judge(settings, network=train(settings, clips, watched, checkpoint))
    weights = _weights(clips, settings.recorded_share)
    return Judge(settings, parameters=fit_linear(_measured(clips), clips.fake, weights, settings.strength or 1.0))


def with_features(settings: VideoSettings, clips: ClipSet, encoder: Path) -> ClipSet:
    """The same clips with what a fitted test measures on them, or a network learns from; `encoder` is a checkpoint."""
    if settings.name in NETWORKS:
        return encoded_clips(clips, settings, encoder)
    with ProcessPoolExecutor(2) as pool:
        work = partial(_features_of, settings.name)
        rows = list(pool.map(work, (clips.clip(index) for index in range(len(clips))), chunksize=16))
    return replace(clips, features=np.stack(rows))


def _measured(clips: ClipSet) -> NDArray[np.float32]:
    if clips.features is None:
        raise ValueError("a fitted test needs clips with features; see with_features")
    return clips.features


def _features_of(name: str, clip: FaceClip) -> NDArray[np.float32]:
    return FEATURES[name](clip)


def _weights(clips: ClipSet, recorded_share: float) -> Floats:
    """As training draws: both classes alike, recorded clips with their share, within these every source and kind as often."""
    groups = [(tag.fake, tag.made == RECORDED, tag.made, tag.source) for tag in clips.tags]
    sizes = Counter(groups)
    of_pool = Counter(group[:2] for group in sizes)
    shares = {True: recorded_share, False: 1 - recorded_share}
    weights = np.array([shares[group[1]] / (of_pool[group[:2]] * sizes[group]) for group in groups])
    return np.asarray(weights / weights.mean(), np.float64)

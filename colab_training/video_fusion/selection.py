"""Which tests of videos are worth a weight: those that make sources more likely that nothing was fitted on.

With few clips of few sources, a weight that helps on those it was fitted on may hurt on the next one. So tests are taken up one
by one, each time the one that lowers the loss on sources left out most, until none lowers it by `least_gain`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from colab_training.metrics import Floats
from colab_training.video_fusion.clips import Clip, labels, shares
from colab_training.video_fusion.fitting import Heard, regress
from colab_training.video_fusion.settings import VideoFusionSettings


def chosen_tests(
    clips: Sequence[Clip], heard: Sequence[Heard], cues: Sequence[str], settings: VideoFusionSettings
) -> list[str]:
    """The tests worth a weight, in order of name; those weighed by hand are not asked."""
    ratios = np.stack([entry.decisive(cues, np.full(len(cues), settings.start_weight))[0] for entry in heard])
    chosen: list[str] = []
    loss = _loss(clips, heard, ratios, cues, chosen, settings)
    while candidates := [cue for cue in cues if cue not in chosen and cue not in settings.by_hand]:
        tried = {cue: _loss(clips, heard, ratios, cues, [*chosen, cue], settings) for cue in candidates}
        best = min(tried, key=lambda cue: tried[cue])
        if loss - tried[best] < settings.least_gain:
            break
        chosen, loss = [*chosen, best], tried[best]
    return sorted(chosen)


def given_weights(chosen: Sequence[str], cues: Sequence[str], settings: VideoFusionSettings) -> Floats:
    """Weights (C,) that are not fitted: those set by hand, 0 for tests not chosen, and NaN for the others."""
    return np.array([settings.by_hand.get(cue, np.nan if cue in chosen else 0.0) for cue in cues])


def _loss(
    clips: Sequence[Clip],
    heard: Sequence[Heard],
    ratios: Floats,
    cues: Sequence[str],
    chosen: Sequence[str],
    settings: VideoFusionSettings,
) -> float:
    """Mean negative log-likelihood of each clip, without its source in the fit; both classes and their sources alike."""
    fake, importance = labels(clips), shares(clips)
    rest = np.array([entry.rest for entry in heard])
    names = np.array([clip.source for clip in clips])
    given = given_weights(chosen, cues, settings)
    margins = np.zeros(len(clips))
    for source in sorted(set(names)):
        kept = names != source
        if 0 < fake[kept].sum() < kept.sum():
            weights, prior = regress(
                ratios[kept], rest[kept], fake[kept], importance[kept] / importance[kept].sum(), settings, given
            )
            margins[~kept] = ratios[~kept] @ weights + rest[~kept] + prior
    return float(importance @ np.logaddexp(0, np.where(fake, -margins, margins)))

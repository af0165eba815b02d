"""What fusion says of sources that it was not fitted on, tests and weights chosen without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from colab_training.metrics import Bools, Floats
from colab_training.video_fusion.clips import Clip, labels
from colab_training.video_fusion.fitting import Fitted, Heard, fit, hear
from colab_training.video_fusion.selection import chosen_tests, given_weights
from colab_training.video_fusion.settings import VideoFusionSettings


def left_out_log_odds(clips: Sequence[Clip], cues: Sequence[str], settings: VideoFusionSettings) -> Floats:
    """Log-odds (N,) of each clip by a fit on the other sources, less clips that share a group with its source.

    Raises ValueError when nothing of a class is left without some source.
    """
    heard = [hear(clip, cues) for clip in clips]
    log_odds = np.zeros(len(clips))
    for source in sorted({clip.source for clip in clips}):
        groups = {clip.group for clip in clips if clip.source == source}
        kept = [n for n, clip in enumerate(clips) if clip.source != source and clip.group not in groups]
        if len({clips[n].fake for n in kept}) < 2:
            raise ValueError(f"without the source {source!r} a class has no clip left; add a source of that class")
        fitted = fit_chosen([clips[n] for n in kept], [heard[n] for n in kept], cues, settings)
        left = [n for n, clip in enumerate(clips) if clip.source == source]
        log_odds[left] = fitted.log_odds([clips[n] for n in left], settings.search_discount)
    return log_odds


def fit_chosen(
    clips: Sequence[Clip], heard: Sequence[Heard], cues: Sequence[str], settings: VideoFusionSettings
) -> Fitted:
    """Chooses tests and fits their weights; all others weigh nothing, or what they weigh by hand."""
    chosen = chosen_tests(clips, heard, cues, settings)
    return fit(clips, heard, cues, settings, given_weights(chosen, cues, settings))


def by_name(clips: Sequence[Clip]) -> Mapping[str, Bools]:
    """Which clips (N,) each measure is about: all; a fake source or kind with all real clips; a real source with all fakes."""
    fake = labels(clips)
    sources = np.array([clip.source for clip in clips])
    kinds = np.array([clip.kind for clip in clips])
    parts = {"all": np.ones(len(clips), bool)}
    for source in sorted(set(sources[fake])):
        parts[f"{source} fakes"] = ~fake | (sources == source)
    for source in sorted(set(sources[~fake])):
        parts[f"{source} reals"] = fake | (sources == source)
    for kind in sorted(set(kinds[fake])):
        parts[f"kind {kind}"] = ~fake | (kinds == kind)
    return parts

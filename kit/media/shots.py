"""Where a video is cut, as far as its key frames show."""

from __future__ import annotations

import itertools

import numpy as np

from kit.media.facts import Array, Survey
from kit.media.spans import Span

_LEVELS = 8
CUT_DISTANCE = 0.4
"""Histograms that differ by more show two shots; movement within one stays well below."""
_SHORTEST_S = 0.5


def shots_of(survey: Survey) -> list[Span]:
    """The shots in order of time, back to back, from 0 to the video's end; at least one.

    A cut is set at a thumbnail whose colour histogram (8 levels a channel) shares less than 60 % with the one before.
    Encoders put a key frame at a hard cut, so its time is exact where every key frame has a thumbnail.
    """
    colours = [histogram(thumbnail) for thumbnail in survey.thumbnails]
    distances = [distance(former, later) for former, later in itertools.pairwise(colours)]
    cuts = [
        float(time_s)
        for time_s, change in zip(survey.thumbnail_times_s[1:], distances, strict=True)
        if change > CUT_DISTANCE
    ]
    return _between(cuts, survey.facts.duration_s)


def histogram(picture: Array) -> Array:
    """Shares of 8 x 8 x 8 colours, float64 (512,), of a uint8 (H, W, 3) picture."""
    levels = (picture.astype(np.int64) * _LEVELS) >> 8
    cells = (levels[..., 0] * _LEVELS + levels[..., 1]) * _LEVELS + levels[..., 2]
    return np.asarray(np.bincount(cells.ravel(), minlength=_LEVELS**3) / cells.size)


def distance(former: Array, later: Array) -> float:
    """Share of the pixels, [0, 1], whose colour one of two histograms has and the other has not."""
    return float(np.abs(later - former).sum()) / 2


def _between(cuts: list[float], duration_s: float) -> list[Span]:
    edges = [0.0]
    for cut_s in cuts:
        if cut_s - edges[-1] >= _SHORTEST_S and duration_s - cut_s >= _SHORTEST_S:
            edges.append(cut_s)
    return [Span(start_s, end_s) for start_s, end_s in itertools.pairwise([*edges, duration_s])]

"""Which parts of a sound track are listened to."""

from __future__ import annotations

import itertools
import math

from kit.media.spans import Span
from telltale.common.v1 import media_pb2

STRETCH_S = 30.0
"""Length of one stretch of a long recording."""

_LONGEST_S = 300.0
_MOST_S = {media_pb2.DEPTH_QUICK: 60.0, media_pb2.DEPTH_STANDARD: 300.0, media_pb2.DEPTH_THOROUGH: 3600.0}


def sound_spans_of(duration_s: float, depth: media_pb2.Depth.ValueType) -> list[Span]:
    """The spans to listen to, in order of time, none overlapping another, none longer than five minutes.

    Sound that is short enough for `depth` (a minute, five minutes, an hour) is covered whole, back to back. Of longer
    sound, as much is taken in stretches of STRETCH_S, spread evenly.
    """
    most_s = _MOST_S.get(depth, _MOST_S[media_pb2.DEPTH_STANDARD])
    if duration_s <= most_s:
        return _cells(duration_s, max(1, math.ceil(duration_s / _LONGEST_S)))
    return [_centred(cell) for cell in _cells(duration_s, round(most_s / STRETCH_S))]


def _cells(duration_s: float, count: int) -> list[Span]:
    edges = [duration_s * number / count for number in range(count + 1)]
    return [Span(start_s, end_s) for start_s, end_s in itertools.pairwise(edges)]


def _centred(cell: Span) -> Span:
    start_s = (cell.start_s + cell.end_s - STRETCH_S) / 2
    return Span(start_s, start_s + STRETCH_S)

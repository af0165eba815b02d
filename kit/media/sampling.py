"""Which parts of a video are looked at."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from kit.media.facts import VideoFacts
from kit.media.spans import Span
from telltale.common.v1 import media_pb2

STRETCH_S = 1.28
"""Length of one stretch: sixteen frames at 12.5 a second."""

_MOST = {media_pb2.DEPTH_QUICK: 6, media_pb2.DEPTH_STANDARD: 24, media_pb2.DEPTH_THOROUGH: 480}


def stretches_of(facts: VideoFacts, shots: Sequence[Span], depth: media_pb2.Depth.ValueType) -> list[Span]:
    """The stretches to look at, in order of time, none overlapping another, each within one shot where it can be.

    A video that is short enough for `depth` is covered whole, by stretches of about STRETCH_S back to back. Of a longer
    one, every shot gets a stretch while there are fewer shots than stretches; the rest follow the shots' lengths.
    """
    most = _MOST.get(depth, _MOST[media_pb2.DEPTH_STANDARD])
    whole = Span(0.0, facts.duration_s)
    if facts.duration_s <= (most + 0.5) * STRETCH_S:
        return _back_to_back(whole)
    if len(shots) >= most:
        return [_centred(_longest_piece(cell, shots)) for cell in _cells(whole, most)]
    counts = _shares([shot.length_s for shot in shots], most)
    return list(itertools.chain.from_iterable(_spread(shot, count) for shot, count in zip(shots, counts, strict=True)))


def _back_to_back(span: Span) -> list[Span]:
    """The last one takes what is left: half a stretch to one and a half."""
    count = max(1, math.floor(span.length_s / STRETCH_S + 0.5))
    starts = [span.start_s + STRETCH_S * number for number in range(count)]
    return [Span(start_s, end_s) for start_s, end_s in zip(starts, [*starts[1:], span.end_s], strict=True)]


def _spread(shot: Span, count: int) -> list[Span]:
    if count * STRETCH_S >= shot.length_s:
        return _back_to_back(shot)
    return [_centred(cell) for cell in _cells(shot, count)]


def _cells(span: Span, count: int) -> list[Span]:
    edges = [span.start_s + span.length_s * number / count for number in range(count + 1)]
    return [Span(start_s, end_s) for start_s, end_s in itertools.pairwise(edges)]


def _centred(cell: Span) -> Span:
    if cell.length_s <= STRETCH_S:
        return cell
    start_s = (cell.start_s + cell.end_s - STRETCH_S) / 2
    return Span(start_s, start_s + STRETCH_S)


def _longest_piece(cell: Span, shots: Sequence[Span]) -> Span:
    pieces = [Span(max(cell.start_s, shot.start_s), min(cell.end_s, shot.end_s)) for shot in shots]
    return max(pieces, key=lambda piece: piece.length_s)


def _shares(lengths_s: Sequence[float], most: int) -> list[int]:
    """One for each, and the others where a stretch has the most time to stand for (highest averages, D'Hondt)."""
    counts = [1] * len(lengths_s)
    for _ in range(most - len(counts)):
        neediest = max(range(len(counts)), key=lambda index: lengths_s[index] / (counts[index] + 1))
        counts[neediest] += 1
    return counts

"""Cutting sound into the windows that a model takes, as its card says. Training and serving call this very file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kit.errors import InvalidRequest
from kit.media.sound import SoundPiece
from kit.media.spans import Span
from telltale.model.v1 import card_pb2

_SILENCE = 1e-4
"""Root mean square (-80 dBFS) below which there is nothing but rounding to amplify."""


@dataclass(frozen=True, eq=False)
class SoundWindow:
    """What a model judges at once.

    Attributes:
        start_s: when it begins, on the piece's clock.
        end_s: when it ends.
        samples: float32 (W,), mono, at the level that the card names.
    """

    start_s: float
    end_s: float
    samples: NDArray[np.float32]


def windows_of(
    piece: SoundPiece, speech: Sequence[Span], preprocessing: card_pb2.SoundPreprocessing
) -> list[SoundWindow]:
    """Windows over the piece from where its speech begins to where it ends, in order of time.

    Silence at both ends is left out before anything else, because how much of it there is tells recordings of some
    sources apart. Windows of `window_s` follow each other every `hop_s`, the last one ends with the speech; where there
    is less than one, all of it is one window if it has `min_s`. Windows with less speech than half of `min_s` are left
    out. `speech` is in order and may reach beyond the piece. Raises InvalidRequest if the piece has another rate than
    the model takes.
    """
    if piece.rate_hz != preprocessing.sample_rate_hz:
        raise InvalidRequest(f"The model takes {preprocessing.sample_rate_hz} samples a second, not {piece.rate_hz}.")
    heard = [span for each in speech if (span := _within(each, piece)).length_s > 0]
    if not heard:
        return []
    first = round((heard[0].start_s - piece.start_s) * piece.rate_hz)
    last = round((heard[-1].end_s - piece.start_s) * piece.rate_hz)
    windows = [_window(piece, start, end, preprocessing) for start, end in _cuts(first, last, preprocessing)]
    return [window for window in windows if _speech_s(window, heard) >= preprocessing.min_s / 2]


def levelled(samples: NDArray[np.float32], level_dbfs: float) -> NDArray[np.float32]:
    """`samples` scaled to a root mean square in decibels below full scale; silence stays as it is."""
    level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
    if level < _SILENCE:
        return samples
    return np.asarray(samples * np.float32(10 ** (level_dbfs / 20) / level), np.float32)


def _within(span: Span, piece: SoundPiece) -> Span:
    return Span(max(span.start_s, piece.start_s), min(span.end_s, piece.end_s))


def _cuts(first: int, last: int, preprocessing: card_pb2.SoundPreprocessing) -> list[tuple[int, int]]:
    """Samples from and up to."""
    rate_hz = preprocessing.sample_rate_hz
    length, hop = round(preprocessing.window_s * rate_hz), max(1, round(preprocessing.hop_s * rate_hz))
    if last - first < length:
        return [(first, last)] if last - first >= preprocessing.min_s * rate_hz else []
    starts = list(range(first, last - length + 1, hop))
    if starts[-1] + length < last:
        starts.append(last - length)
    return [(start, start + length) for start in starts]


def _window(piece: SoundPiece, start: int, end: int, preprocessing: card_pb2.SoundPreprocessing) -> SoundWindow:
    samples = piece.samples[start:end]
    if preprocessing.HasField("level_dbfs"):
        samples = levelled(samples, preprocessing.level_dbfs)
    return SoundWindow(piece.start_s + start / piece.rate_hz, piece.start_s + end / piece.rate_hz, samples)


def _speech_s(window: SoundWindow, heard: Sequence[Span]) -> float:
    return sum(max(0.0, min(span.end_s, window.end_s) - max(span.start_s, window.start_s)) for span in heard)

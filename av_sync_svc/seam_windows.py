"""From moments to windows and from windows to the whole; shared by training, which calibrates it, and serving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from av_sync_svc.seams import GRID_S, MARGIN_S
from kit.media.spans import Span
from telltale.model.v1 import card_pb2

OPERATING_POINT: Final = "false_alarms_5_percent"
"""Of the card: whole files that reach its threshold have seams."""

Floats = npt.NDArray[np.float64]


def windows_over(times_s: Floats, preprocessing: card_pb2.SoundPreprocessing) -> Iterator[Span]:
    """Windows over the moments (N,) of a piece: every hop, the last one ends at the end; a shorter one where there is less."""
    if not len(times_s) or times_s[-1] - times_s[0] + 2 * MARGIN_S < preprocessing.min_s:
        return
    start_s, end_s = float(times_s[0]), float(times_s[-1]) + GRID_S
    last_s = max(start_s, end_s - preprocessing.window_s)
    starts_s = np.append(np.arange(start_s, last_s - GRID_S, preprocessing.hop_s), last_s)
    yield from (Span(float(first_s), min(end_s, float(first_s) + preprocessing.window_s)) for first_s in starts_s)


def inside(times_s: Floats, span: Span) -> npt.NDArray[np.intp]:
    """Which moments lie in a window."""
    return np.flatnonzero((times_s >= span.start_s) & (times_s < span.end_s))


def anywhere(ratios: Sequence[float]) -> float:
    """Log-likelihood ratio of one seam somewhere against none: logarithm of the mean of the windows' likelihood ratios.

    Long recordings are so not accused for being long.
    """
    return float(np.log(np.mean(np.exp(np.asarray(ratios)))))

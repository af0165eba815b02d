"""`av_coherence`: was the sound track cut and joined? See `av_sync_svc.seams`.

Listens alone. How far a mouth is open and how loud the sound is agree too little to tell a true sound track from a swapped one
(area under the curve 0.58); whether lips fit is the question of `lip_sync`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from av_sync_svc.hearing import Hearing
from av_sync_svc.seam_windows import OPERATING_POINT, anywhere, inside, windows_over
from av_sync_svc.seams import FEATURE_NAMES, Moments, measure_moments
from kit.convert.evidence import abstention, finding
from kit.convert.moments import Moment, seen_s, spans
from kit.media.cancel import CancelToken
from kit.media.sound import SoundPiece
from kit.media.spans import Span
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel
from kit.models.fitted import FittedTest
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

NAME: Final = "av_coherence"
FOUND: Final = "sound_seams_found"
ABSENT: Final = "sound_seams_absent"
# From so much sound on, more only gives more places to look at.
_ENOUGH_S: Final = 4.0
_SPOKEN_SHARE: Final = 0.5
# Moments nearer to each other may be of one seam.
_APART_S: Final = 0.3
# Long pieces are measured part by part, each with the sound around it that the measurements look at.
_PART_S: Final = 30.0
_AROUND_S: Final = 1.5


@dataclass(frozen=True, slots=True)
class _Window(Moment):
    """A stretch of the sound with the moment in it that looks most like a seam."""

    seam_s: float


class AvCoherenceCue:
    """The test. Its evidence speaks of the sound, so that no stretch has a track."""

    name: Final = NAME

    def __init__(self, test: FittedTest, model: LoadedModel) -> None:
        self.model = model
        self._test = test

    def examine(self, hearing: Hearing, cancel: CancelToken) -> evidence_pb2.Evidence:
        """A finding with one span per window of the card, or an abstention. Raises Cancelled.

        Seams are found where the log-likelihood ratio of one seam somewhere reaches the threshold of the card. From even up to
        there the test has no opinion: many honest recordings lie there.
        """
        found = [window for piece in hearing.pieces for window in self._windows(hearing, piece, cancel)]
        windows = [window for window in found if window is not None]
        if not windows:
            return self._refusal(hearing, bool(found))
        ratio, threshold = anywhere([window.log_likelihood_ratio for window in windows]), self._threshold()
        if 0 < ratio < threshold:
            return abstention(NAME, evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE, {}, model=self.model.reference)
        return finding(
            NAME,
            ratio,
            min(1.0, seen_s(windows) / _ENOUGH_S),
            FOUND if ratio > 0 else ABSENT,
            _parameters(windows, threshold),
            spans=spans(windows),
            model=self.model.reference,
        )

    @property
    def _preprocessing(self) -> card_pb2.SoundPreprocessing:
        return self.model.card.sound_preprocessing

    def _threshold(self) -> float:
        points = self.model.card.postprocessing.operating_points
        return next((point.threshold for point in points if point.name == OPERATING_POINT), 0.0)

    def _refusal(self, hearing: Hearing, spoken: bool) -> evidence_pb2.Evidence:
        if spoken:
            told = {"missing": "sound like the speech that the test was fitted on"}
            return abstention(NAME, evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE, told, model=self.model.reference)
        told = {"speech_s": f"{hearing.speech_s:.1f}", "needed_s": f"{self._preprocessing.min_s:g}"}
        return abstention(NAME, evidence_pb2.ABSTENTION_REASON_NO_SPEECH, told, model=self.model.reference)

    def _windows(self, hearing: Hearing, piece: SoundPiece, cancel: CancelToken) -> Iterator[_Window | None]:
        """Windows in which somebody speaks half of the time (in music and noise the test was never tried).

        None instead of one whose sound lies beyond what the fit has seen.
        """
        moments = _measured(piece, cancel)
        raw = np.asarray([self._test.raw(features) for features in moments.features])
        strange = np.asarray([self._test.strangeness(features) for features in moments.features])
        for span in windows_over(moments.times_s, self._preprocessing):
            own = inside(moments.times_s, span)
            if _spoken_share(hearing, span) < _SPOKEN_SHARE:
                continue
            if np.median(strange[own]) > 1:
                yield None
                continue
            best = own[np.argmax(raw[own])]
            ratio = log_likelihood_ratio(float(raw[best]), self.model.card.postprocessing.calibration)
            yield _Window(None, span.start_s, span.end_s, ratio, float(moments.times_s[best]))


def _measured(piece: SoundPiece, cancel: CancelToken) -> Moments:
    """The moments of a piece in seconds of the media; of a long one part by part, with the same numbers but for rounding."""
    rate_hz, parts = piece.rate_hz, []
    length = round(_PART_S * rate_hz)
    around = round(_AROUND_S * rate_hz)
    for first in range(0, len(piece.samples), length):
        cancel.raise_if_cancelled()
        start = max(0, first - around)
        found = measure_moments(piece.samples[start : first + length + around])
        times_s = found.times_s + start / rate_hz
        own = (times_s >= first / rate_hz) & (times_s < (first + length) / rate_hz)
        parts.append((times_s[own] + piece.start_s, found.features[own]))
    times, features = zip(*parts, strict=True) if parts else ((np.zeros(0),), (np.zeros((0, len(FEATURE_NAMES))),))
    return Moments(np.concatenate(times), np.concatenate(features).astype(np.float32))


def _spoken_share(hearing: Hearing, span: Span) -> float:
    spoken = (min(own.end_s, span.end_s) - max(own.start_s, span.start_s) for own in hearing.speech)
    return sum(max(0.0, length_s) for length_s in spoken) / span.length_s


def _parameters(windows: Sequence[_Window], threshold: float) -> dict[str, str]:
    """Where the worst window is, and how many seams there are: windows that reach the threshold, each seam counted once."""
    worst = max(windows, key=lambda window: window.log_likelihood_ratio)
    found = sorted(window.seam_s for window in windows if 0 < window.log_likelihood_ratio >= threshold)
    apart = sum(1 for sooner, later in itertools.pairwise([-math.inf, *found]) if later - sooner > _APART_S)
    return {"start_s": f"{worst.start_s:.1f}", "end_s": f"{worst.end_s:.1f}", "seams": str(apart)}

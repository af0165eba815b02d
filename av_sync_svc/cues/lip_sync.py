"""`lip_sync`: do the lips of whoever is in view fit what is heard?

Two networks describe lips and sound (see `av_sync_svc.lips`); where they are alike at the time shown, or nearly so, lips
and sound fit. A test of the scene, not of each person: somebody has to say what is heard, and the others may be silent.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from av_sync_svc.cues.cue import LipOpinion
from av_sync_svc.face_mesh import Floats
from av_sync_svc.hearing import Hearing
from av_sync_svc.lip_curve import Judged, curve_of
from av_sync_svc.lips import (
    MAX_SHIFT,
    SHIFT_MS,
    agreement,
    best_shift,
    lip_series,
    misfit,
    sound_series,
)
from av_sync_svc.mouths import MOUTH_RATE_FPS, Mouth
from kit.convert.evidence import abstention, finding
from kit.convert.moments import Moment, people, seen_s, spans, worst
from kit.media.cancel import CancelToken
from kit.media.sound import SoundPiece
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel
from kit.models.runtime import Session
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

NAME: Final = "lip_sync"
OUT_OF_SYNC: Final = "lips_out_of_sync"
IN_SYNC: Final = "lips_in_sync"

LEAST_MOVEMENT: Final = 0.008
"""Smallest mean opening and closing of a mouth, in distances of the eyes, that can be speech: a listener's mouth is still."""
_COMFORTABLE: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Embedded:
    """A mouth and the sound around it, as the networks describe them."""

    mouth: Mouth
    lips: Floats
    sound: Floats
    known: npt.NDArray[np.bool_]


class LipSyncCue:
    """The cue. Its network takes "lips" (1, T, V) and "sound" (1, 4 * U, bands) and answers an embedding of each."""

    name = NAME

    def __init__(self, session: Session, model: LoadedModel) -> None:
        self.model = model
        self._session = session

    def examine(self, hearing: Hearing, mouths: Sequence[Mouth], cancel: CancelToken) -> LipOpinion:
        """A finding with one span per window, of whoever fits best there, and a curve per person; or an abstention.

        Raises Cancelled.
        """
        refusal = self._refusal(hearing, mouths)
        if refusal is not None:
            return LipOpinion(refusal, ())
        judged: list[Judged] = []
        for piece in hearing.pieces:
            for mouth in (mouth for mouth in mouths if self._usable(mouth) and _beside(mouth, piece)):
                cancel.raise_if_cancelled()
                judged += self._windows(self._embedded(mouth, piece), hearing)
        if not judged:
            told = {"people": str(len({mouth.track_id for mouth in mouths}))}
            reason = evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
            return LipOpinion(abstention(NAME, reason, told, model=self.model.reference), ())
        ordered = sorted(judged, key=lambda window: (window.track_id, window.start_s))
        grouped = itertools.groupby(ordered, key=lambda window: window.track_id)
        curves = tuple(curve_of(track_id, list(windows)) for track_id, windows in grouped)
        return LipOpinion(self._evidence(judged, hearing), curves)

    def _refusal(self, hearing: Hearing, mouths: Sequence[Mouth]) -> evidence_pb2.Evidence | None:
        needed_s, needed_px = self._sound.min_s, self._mouth.min_face_px
        if hearing.speech_s < needed_s:
            told = {"speech_s": f"{hearing.speech_s:.1f}", "needed_s": f"{needed_s:g}"}
            return self._abstention(evidence_pb2.ABSTENTION_REASON_NO_SPEECH, told)
        if not mouths:
            return self._abstention(evidence_pb2.ABSTENTION_REASON_NO_MOUTH, {})
        if not any(self._usable(mouth) for mouth in mouths):
            largest_px = max(mouth.face_px for mouth in mouths)
            told = {"face_px": str(round(largest_px)), "needed_px": str(needed_px)}
            return self._abstention(evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL, told)
        return None

    def _abstention(
        self, reason: evidence_pb2.AbstentionReason.ValueType, told: dict[str, str]
    ) -> evidence_pb2.Evidence:
        return abstention(NAME, reason, told, model=self.model.reference)

    def _usable(self, mouth: Mouth) -> bool:
        return mouth.face_px >= self._mouth.min_face_px

    def _embedded(self, mouth: Mouth, piece: SoundPiece) -> _Embedded:
        looks = len(mouth.times_s) + 2 * MAX_SHIFT
        sound, known = sound_series(piece, float(mouth.times_s[0]) - MAX_SHIFT / MOUTH_RATE_FPS, looks)
        found = self._session.run({"lips": lip_series(mouth)[None], "sound": sound[None]})
        return _Embedded(mouth, found["lips_embedding"][0], found["sound_embedding"][0], known)

    def _windows(self, pair: _Embedded, hearing: Hearing) -> Iterator[Judged]:
        """What is said of a mouth in each window in which it moves and somebody speaks."""
        for number, rows in _rows(pair.mouth, self._sound.window_s, self._sound.hop_s, self._sound.min_s):
            times_s = pair.mouth.times_s[rows]
            start_s, end_s = float(times_s[0]), float(times_s[-1]) + 1 / MOUTH_RATE_FPS
            if moved(pair.mouth, rows) < LEAST_MOVEMENT or _spoken_s(hearing, start_s, end_s) < self._sound.min_s:
                continue
            around = slice(rows.start, rows.stop + 2 * MAX_SHIFT)
            found = agreement(pair.lips[rows], pair.sound[around], pair.known[around])
            raw = misfit(found, len(times_s))
            if not np.isnan(raw):
                yield Judged(pair.mouth.track_id, number, start_s, end_s, pair.mouth.face_px, found, raw)

    def _evidence(self, judged: Sequence[Judged], hearing: Hearing) -> evidence_pb2.Evidence:
        calibration = self.model.card.postprocessing.calibration
        by_window = itertools.groupby(
            sorted(judged, key=lambda window: window.number), key=lambda window: window.number
        )
        speakers = [min(windows, key=lambda window: window.misfit) for _, windows in by_window]
        moments = [
            Moment(window.track_id, window.start_s, window.end_s, log_likelihood_ratio(window.misfit, calibration))
            for window in speakers
        ]
        _, ratio = worst(moments, self._sound.hop_s)
        together = np.nanmean([window.agreements for window in speakers], axis=0)
        told = {"offset_ms": f"{SHIFT_MS * best_shift(together):.0f}", "people": str(len(people(moments)))}
        code = OUT_OF_SYNC if ratio > 0 else IN_SYNC
        fit = self._quality(speakers, moments, hearing)
        return finding(NAME, ratio, fit, code, told, spans=spans(moments), model=self.model.reference)

    def _quality(self, speakers: Sequence[Judged], moments: Sequence[Moment], hearing: Hearing) -> float:
        """[0, 1]: less for small faces, for less than a whole window, and where mouths cover little of the speech."""
        size = float(np.median([window.face_px for window in speakers])) / (_COMFORTABLE * self._mouth.min_face_px)
        length = seen_s(moments) / self._sound.window_s
        share = seen_s(moments) / max(hearing.speech_s, self._sound.min_s)
        return float(min(1.0, size) * min(1.0, length) * min(1.0, share))

    @property
    def _sound(self) -> card_pb2.SoundPreprocessing:
        return self.model.card.sound_preprocessing

    @property
    def _mouth(self) -> card_pb2.MouthPreprocessing:
        return self.model.card.mouth_preprocessing


def moved(mouth: Mouth, rows: slice) -> float:
    """How much a mouth opens and closes: standard deviation of its openness."""
    return float(mouth.openness[rows].std())


def _rows(mouth: Mouth, window_s: float, hop_s: float, least_s: float) -> Iterator[tuple[int, slice]]:
    """Windows at whole multiples of the hop, the same for everybody: their number, and which looks at this mouth lie in each."""
    first_s, end_s = float(mouth.times_s[0]), float(mouth.times_s[-1]) + 1 / MOUTH_RATE_FPS
    first = max(0, int(np.floor((first_s - window_s) / hop_s)) + 1)
    for number in range(first, int(np.ceil(end_s / hop_s))):
        rows = np.searchsorted(mouth.times_s, [number * hop_s, number * hop_s + window_s])
        if (rows[1] - rows[0]) / MOUTH_RATE_FPS >= least_s:
            yield number, slice(int(rows[0]), int(rows[1]))


def _beside(mouth: Mouth, piece: SoundPiece) -> bool:
    return bool(mouth.times_s[0] < piece.end_s and mouth.times_s[-1] > piece.start_s)


def _spoken_s(hearing: Hearing, start_s: float, end_s: float) -> float:
    return sum(max(0.0, min(span.end_s, end_s) - max(span.start_s, start_s)) for span in hearing.speech)

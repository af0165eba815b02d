"""`voice_spoof`: a network listens to a few seconds of speech at a time: did a person say this, or a synthesiser or vocoder?

On samples, with a spectral branch beside, after Jung et al., "AASIST: Audio Anti-Spoofing using Integrated Spectro-Temporal Graph
Attention Networks" (ICASSP 2022); over windows, so that a recording that is fake in part shows where.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from av_sync_svc.hearing import Hearing
from av_sync_svc.opinion import voice_evidence
from kit.convert.moments import Moment
from kit.media.cancel import CancelToken
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel
from kit.models.runtime import Session
from kit.sound.windows import SoundWindow, windows_of
from telltale.common.v1 import evidence_pb2

NAME: Final = "voice_spoof"
SYNTHETIC: Final = "voice_synthetic"
NATURAL: Final = "voice_natural"

# A batch takes about half a second: so long may a cancelled call go on.
_BATCH: Final = 8


class VoiceSpoofCue:
    """The cue. Its network takes "sound" (N, S), N windows of equal length, and answers "logit" (N,)."""

    name = NAME

    def __init__(self, session: Session, model: LoadedModel) -> None:
        self.model = model
        self._session = session

    def examine(self, hearing: Hearing, cancel: CancelToken) -> evidence_pb2.Evidence:
        """A finding with one span per window, or an abstention. Raises Cancelled."""
        return self.evidence(hearing, [moment for batch in self.moments(hearing, cancel) for moment in batch])

    def moments(self, hearing: Hearing, cancel: CancelToken) -> Iterator[list[Moment]]:
        """The windows of all speech after they were judged, in order of time, a few at a time. Raises Cancelled."""
        preprocessing = self.model.card.sound_preprocessing
        for piece in hearing.pieces:
            for batch in _batches(windows_of(piece, hearing.speech, preprocessing)):
                cancel.raise_if_cancelled()
                yield self._judged(batch)

    def evidence(self, hearing: Hearing, moments: Sequence[Moment]) -> evidence_pb2.Evidence:
        """What all windows of a hearing together say."""
        return voice_evidence(self, (SYNTHETIC, NATURAL), hearing.speech_s, moments)

    def _judged(self, batch: Sequence[SoundWindow]) -> list[Moment]:
        sound = np.stack([window.samples for window in batch])  # (N, S)
        logits = self._session.run({"sound": sound})["logit"].ravel()  # (N,)
        calibration = self.model.card.postprocessing.calibration
        return [
            Moment(None, window.start_s, window.end_s, log_likelihood_ratio(float(logit), calibration))
            for window, logit in zip(batch, logits, strict=True)
        ]


def _batches(windows: Sequence[SoundWindow]) -> Iterator[list[SoundWindow]]:
    """Neighbours of equal length together, up to _BATCH."""
    for _, alike in itertools.groupby(windows, key=lambda window: len(window.samples)):
        while batch := list(itertools.islice(alike, _BATCH)):
            yield batch

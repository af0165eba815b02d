"""Where somebody speaks: the voice activity detector of Silero (github.com/snakers4/silero-vad), registry model `voice_activity`.

The network is taken as it is. It hears 32 ms at a time and remembers what came before (an LSTM), so its answer for a
moment depends on all that was heard from the start of the piece on. This is its form for whole sequences, which says
to the bit what the one for single windows says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kit.errors import InvalidRequest, ModelInvalid
from kit.media.cancel import CancelToken
from kit.media.sound import SoundPiece
from kit.media.spans import Span
from kit.models.calibration import probability
from kit.models.card import LoadedModel
from kit.models.onnx import open_network
from kit.models.runtime import Session
from telltale.common.v1 import evidence_pb2

RATE_HZ: Final = 16_000
WINDOW_SAMPLES: Final = 512
OPERATING_POINT: Final = "speech"
_CONTEXT_SAMPLES: Final = 64
_STATE: Final = (1, 1, 128)
_WINDOWS_AT_ONCE: Final = 512
# The rest as in Silero's own `get_speech_timestamps`.
_LEAVES_BELOW: Final = 0.15  # so much less than the threshold, or speech would end at every soft consonant
_LEAST_SPEECH_S: Final = 0.25
_LEAST_SILENCE_S: Final = 0.1
_PADDING_S: Final = 0.03


@dataclass(frozen=True)
class SpeechFinder:
    """Finds speech; safe to call from several threads.

    Attributes:
        session: the network.
        model: the model behind it.
        threshold: probability of speech, [0, 1], from which on a window begins speech.
    """

    session: Session
    model: evidence_pb2.ModelReference
    threshold: float

    def find(self, piece: SoundPiece, cancel: CancelToken | None = None) -> list[Span]:
        """The stretches with speech, in order, apart, within the piece; seconds on its clock.

        Raises InvalidRequest if the piece is not at 16 kHz, and Cancelled.
        """
        hearing = _hysteresis(self.probabilities(piece, cancel), self.threshold, self.threshold - _LEAVES_BELOW)
        spans = [
            Span(start * WINDOW_SAMPLES / RATE_HZ, end * WINDOW_SAMPLES / RATE_HZ) for start, end in _runs(hearing)
        ]
        kept = [span for span in _joined(spans, _LEAST_SILENCE_S) if span.length_s >= _LEAST_SPEECH_S]
        return [_padded(span, piece) for span in kept]

    def probabilities(self, piece: SoundPiece, cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """Probability of speech, float32 (W,), of each window of 32 ms; the last one is filled up with silence.

        Raises InvalidRequest if the piece is not at 16 kHz, and Cancelled.
        """
        if piece.rate_hz != RATE_HZ:
            raise InvalidRequest(f"Speech is looked for at {RATE_HZ} samples a second, not at {piece.rate_hz}.")
        windows = _windows(piece.samples)
        hidden, cell = np.zeros(_STATE, np.float32), np.zeros(_STATE, np.float32)
        answers = []
        for at in range(0, len(windows), _WINDOWS_AT_ONCE):
            if cancel:
                cancel.raise_if_cancelled()
            answer = self.session.run({"input": windows[at : at + _WINDOWS_AT_ONCE], "h": hidden, "c": cell})
            hidden, cell = answer["hn"], answer["cn"]
            answers.append(answer["speech_probs"].reshape(-1))
        return np.concatenate(answers)


def open_speech_finder(model: LoadedModel) -> SpeechFinder:
    """The finder of a checked model. Raises ModelInvalid when its network cannot be loaded or its card lacks something."""
    return speech_finder_of(model, open_network(model))


def speech_finder_of(model: LoadedModel, session: Session) -> SpeechFinder:
    """The finder of a checked model whose network is open. Raises ModelInvalid: its card has no operating point "speech"."""
    points = [point for point in model.card.postprocessing.operating_points if point.name == OPERATING_POINT]
    if not points:
        raise ModelInvalid(f"{model.card.name}: its card has no operating point {OPERATING_POINT!r}; write it again")
    return SpeechFinder(session, model.reference, float(probability(points[0].threshold)))


def _windows(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(W, 64 + 512): each window behind the end of the one before."""
    count = -(-len(samples) // WINDOW_SAMPLES)
    padded = np.zeros(_CONTEXT_SAMPLES + count * WINDOW_SAMPLES, np.float32)
    padded[_CONTEXT_SAMPLES : _CONTEXT_SAMPLES + len(samples)] = samples
    views = np.lib.stride_tricks.sliding_window_view(padded, _CONTEXT_SAMPLES + WINDOW_SAMPLES)
    return np.ascontiguousarray(views[::WINDOW_SAMPLES])


def _hysteresis(probabilities: NDArray[np.float32], enters: float, leaves: float) -> NDArray[np.bool_]:
    """Speech from where it is as likely as `enters`, until it is less likely than `leaves`."""
    decided = np.where(probabilities >= enters, 1, np.where(probabilities < leaves, 0, -1))
    latest = np.maximum.accumulate(np.where(decided >= 0, np.arange(len(decided)), -1))
    return np.asarray((latest >= 0) & (decided[np.maximum(latest, 0)] == 1), np.bool_)


def _runs(hearing: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First window of each run, and the one behind its last."""
    edges: NDArray[Any] = np.flatnonzero(np.diff(hearing.astype(np.int8), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _joined(spans: list[Span], silence_s: float) -> list[Span]:
    """Spans with less silence than this between them are one."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start_s - joined[-1].end_s < silence_s:
            joined[-1] = Span(joined[-1].start_s, span.end_s)
        else:
            joined.append(span)
    return joined


def _padded(span: Span, piece: SoundPiece) -> Span:
    start_s = max(piece.start_s, piece.start_s + span.start_s - _PADDING_S)
    return Span(start_s, min(piece.end_s, piece.start_s + span.end_s + _PADDING_S))

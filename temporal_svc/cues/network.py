"""What the learned tests have in common: measurements of clips in, one logit each, calibrated by the card."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel
from kit.models.runtime import Session
from kit.vision.clips import FaceClip
from temporal_svc.cues.cue import Floats
from temporal_svc.features import Floats as Features

_BATCH = 8


class NetworkCue:
    """A `Cue` whose network takes "clip" (N, …), what `measure` says of each, and answers "logit" (N,)."""

    def __init__(
        self,
        name: str,
        codes: tuple[str, str],
        measure: Callable[[FaceClip], Features],
        session: Session,
        model: LoadedModel,
    ) -> None:
        self.name = name
        self.code_for, self.code_against = codes
        self.model = model
        self._measure = measure
        self._session = session

    def log_likelihood_ratios(self, clips: Sequence[FaceClip]) -> Floats:
        """(N,) calibrated log-likelihood ratios; never NaN."""
        calibration = self.model.card.postprocessing.calibration
        raw = np.concatenate([self._logits(clips[first : first + _BATCH]) for first in range(0, len(clips), _BATCH)])
        return np.asarray([log_likelihood_ratio(float(value), calibration) for value in raw], dtype=np.float64)

    def _logits(self, clips: Sequence[FaceClip]) -> Floats:
        measured = np.stack([self._measure(clip) for clip in clips])
        return np.asarray(self._session.run({"clip": measured})["logit"].ravel(), dtype=np.float64)

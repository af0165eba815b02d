"""What the measured tests have in common: features of a clip, a fitted linear test, calibrated by the card."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel
from kit.models.fitted import FittedTest
from kit.vision.clips import FaceClip
from temporal_svc.cues.cue import Floats
from temporal_svc.features import Floats as Features


class FittedCue:
    """A `Cue` over `features` of one clip; NaN where they lie beyond what the fit has seen."""

    def __init__(
        self,
        name: str,
        codes: tuple[str, str],
        features: Callable[[FaceClip], Features],
        test: FittedTest,
        model: LoadedModel,
    ) -> None:
        self.name = name
        self.code_for, self.code_against = codes
        self.model = model
        self._features = features
        self._test = test

    def log_likelihood_ratios(self, clips: Sequence[FaceClip]) -> Floats:
        """(N,) calibrated log-likelihood ratios."""
        return np.asarray([self._ratio(self._features(clip)) for clip in clips], dtype=np.float64)

    def _ratio(self, features: Features) -> float:
        if self._test.strangeness(features) > 1:
            return float("nan")
        return log_likelihood_ratio(self._test.raw(features), self.model.card.postprocessing.calibration)

"""What every test of a video's movement offers.

A cue measures clips, and no more: the detector collects what it says of each, and `temporal_svc.opinion` makes evidence of it, so
that all cues tell of time, people and quality in one way. Clips come in batches; a cue keeps nothing between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kit.models.card import LoadedModel
from kit.vision.clips import FaceClip

Floats = npt.NDArray[np.float64]


class Cue(Protocol):
    """One physical, statistical or learned test of short clips of faces."""

    @property
    def name(self) -> str:
        """Stable snake_case name of the test, as it stands in its evidence."""
        ...

    @property
    def model(self) -> LoadedModel:
        """The model behind the test. Faces below `clip_preprocessing.min_face_px` of its card are not shown to the test."""
        ...

    @property
    def code_for(self) -> str:
        """Reason code of a finding that speaks for manipulation. Its sentence may use start_s, end_s and people."""
        ...

    @property
    def code_against(self) -> str:
        """Reason code of a finding that does not; the same values."""
        ...

    def log_likelihood_ratios(self, clips: Sequence[FaceClip]) -> Floats:
        """(N,) calibrated natural log-likelihood ratio of each of N >= 1 clips; positive speaks for manipulation. Thread-safe.

        NaN where the test has no opinion on a clip because it lies outside the range that the test was fitted on. Clips are of
        any people and times, about in order of time. What is said of a clip must not depend on the others.
        """
        ...

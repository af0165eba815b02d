"""`blending_flicker`: do colour, sharpness and seam of the face waver? See `temporal_svc.features.flicker_features`."""

from __future__ import annotations

from typing import Final

from kit.models.card import LoadedModel
from kit.models.fitted import FittedTest
from temporal_svc.cues.fitted import FittedCue
from temporal_svc.features import flicker_features

NAME: Final = "blending_flicker"
FOUND: Final = "blending_flicker_found"
ABSENT: Final = "blending_flicker_absent"


def blending_flicker(test: FittedTest, model: LoadedModel) -> FittedCue:
    """The cue."""
    return FittedCue(NAME, (FOUND, ABSENT), flicker_features, test, model)

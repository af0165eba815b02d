"""`flow_consistency`: does the face move with the head that carries it? See `temporal_svc.features.flow_features`."""

from __future__ import annotations

from typing import Final

from kit.models.card import LoadedModel
from kit.models.fitted import FittedTest
from temporal_svc.cues.fitted import FittedCue
from temporal_svc.features import flow_features

NAME: Final = "flow_consistency"
INCONSISTENT: Final = "flow_inconsistent"
CONSISTENT: Final = "flow_consistent"


def flow_consistency(test: FittedTest, model: LoadedModel) -> FittedCue:
    """The cue."""
    return FittedCue(NAME, (INCONSISTENT, CONSISTENT), flow_features, test, model)

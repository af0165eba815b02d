"""`face_drift`: does the face stay as it is?

A recurrent network follows forty numbers that describe the face against its surroundings from picture to picture: after Güera
and Delp, "Deepfake Video Detection Using Recurrent Neural Networks" (AVSS 2018), with gated recurrent units (Cho et al. 2014).
"""

from __future__ import annotations

from typing import Final

from kit.models.card import LoadedModel
from kit.models.runtime import Session
from temporal_svc.cues.network import NetworkCue
from temporal_svc.features import motion_series

NAME: Final = "face_drift"
UNSTEADY: Final = "face_drift_unsteady"
STEADY: Final = "face_drift_steady"


def face_drift(session: Session, model: LoadedModel) -> NetworkCue:
    """The cue."""
    return NetworkCue(NAME, (UNSTEADY, STEADY), motion_series, session, model)

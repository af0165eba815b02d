"""`face_motion`: a small network with separate convolutions over space and time looks at about a second of a face.

(2+1)D convolutions after Tran et al., "A Closer Look at Spatiotemporal Convolutions for Action Recognition" (CVPR 2018).
"""

from __future__ import annotations

from typing import Final

from kit.models.card import LoadedModel
from kit.models.runtime import Session
from temporal_svc.cues.network import NetworkCue

NAME: Final = "face_motion"
SYNTHETIC: Final = "face_motion_synthetic"
NATURAL: Final = "face_motion_natural"


def face_motion(session: Session, model: LoadedModel) -> NetworkCue:
    """The cue."""
    return NetworkCue(NAME, (SYNTHETIC, NATURAL), session, model)

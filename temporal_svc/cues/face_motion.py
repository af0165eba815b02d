"""`face_motion`: a small network looks at maps of what changes in a face within about a second.

Convolutions over space, then over time, after Tran et al., "A Closer Look at Spatiotemporal Convolutions for Action Recognition"
(CVPR 2018), on `temporal_svc.features.motion_maps`.
"""

from __future__ import annotations

from typing import Final

from kit.models.card import LoadedModel
from kit.models.runtime import Session
from temporal_svc.cues.network import NetworkCue
from temporal_svc.features import motion_maps

NAME: Final = "face_motion"
SYNTHETIC: Final = "face_motion_synthetic"
NATURAL: Final = "face_motion_natural"


def face_motion(session: Session, model: LoadedModel) -> NetworkCue:
    """The cue."""
    return NetworkCue(NAME, (SYNTHETIC, NATURAL), motion_maps, session, model)

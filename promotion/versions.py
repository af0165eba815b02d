"""Which service a model belongs to, how it is judged there, and the set of models that stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kit.errors import PromotionRefused
from promotion.judging.wire import Service

# Parts of services, and rules that seldom speak: what they do shows in the verdict over all that their service finds.
_BY_VERDICT: Final = frozenset(
    {"face_finder", "face_landmarks", "voice_activity", "metadata_rules", "container_rules", "jpeg_history", "fusion"}
)
_FINDER: Final = "face_finder"
_NEEDS: Final[Mapping[Service, tuple[str, ...]]] = {
    "image": (_FINDER, "face_spatial", "frequency", "noise_residual", "whole_picture"),
    "temporal": (_FINDER, "face_motion", "flow_consistency", "face_drift", "blending_flicker"),
    "av_sync": (_FINDER, "voice_activity", "face_landmarks", "voice_spoof", "lip_sync", "av_coherence"),
    "metadata": ("metadata_rules", "container_rules", "exif_anomaly", "jpeg_history", "region_consistency"),
    "fusion": ("fusion",),
}
_KINDS: Final[Mapping[Service, tuple[str, ...]]] = {
    "image": ("image", "video"),
    "temporal": ("video",),
    "av_sync": ("video", "audio"),
    "metadata": ("image", "video", "audio"),
    "fusion": ("image", "video", "audio"),
}


@dataclass(frozen=True)
class Place:
    """Where a model is judged.

    Attributes:
        by_verdict: by what fusion makes of the service's evidence, not by a test of its own.
        names: all models that must be there.
        kinds: of media that the service takes.
    """

    service: Service
    by_verdict: bool
    names: tuple[str, ...]
    kinds: tuple[str, ...]

    def judged_by(self, name: str) -> str:
        """What the ratios are, in words."""
        if name == "fusion":
            return "the verdict over the evidence of all services"
        return f"the verdict over the evidence of {self.service}_svc" if self.by_verdict else f"the test {name} itself"


def place_of(name: str) -> Place:
    """Where the model of this name is judged; the first service that has it. Raises PromotionRefused: no service runs it."""
    service = next((service for service, names in _NEEDS.items() if name in names), None)
    if service is None:
        known = sorted({each for names in _NEEDS.values() for each in names})
        raise PromotionRefused(f"no service runs a model {name}, so none can judge it; they run: {', '.join(known)}")
    names = {each for names in _NEEDS.values() for each in names} if service == "fusion" else set(_NEEDS[service])
    by_verdict = name in _BY_VERDICT
    return Place(service, by_verdict, tuple(sorted(names | ({"fusion"} if by_verdict else set()))), _KINDS[service])

"""What fusion weighs by hand, and what it says of a kind of media until somebody has fitted and measured it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fusion_svc.model import FusionParameters, KindParameters, point_name
from telltale.model.v1 import card_pb2

# Set by hand: the files of the data set were all written again by its makers, so their metadata say nothing about the world.
# A declared generator or a broken manifest may decide alone; camera data, which anybody can write, may not.
HAND_SET_WEIGHTS = {"exif_consistency": 0.3, "jpeg_structure": 0.3, "provenance": 0.6, "software_traces": 0.6}
# More than one cautious metadata cue alone, less than one good look at a face.
MIN_EVIDENCE = 0.4
CONFLICT = 1.0
# "authentic" must be likelier than not, and "suspicious" too, whatever the data say.
LEAST_LEAN = 0.1
# Half of what each test says, because they watch the same faces; less for tests that moving pictures, compressed as they are,
# leave little to see, and for lips, which fit the sound that drove a fake; nothing for the one that sees whole pictures, as in
# photos, and for seams in sound, which honest editors leave in most videos.
UNMEASURED_VIDEO_WEIGHTS = {
    "av_coherence": 0.0,
    "blending_flicker": 0.5,
    "face_drift": 0.5,
    "face_motion": 0.5,
    "face_spatial": 0.5,
    "flow_consistency": 0.5,
    "frequency": 0.25,
    "lip_sync": 0.2,
    "noise_residual": 0.25,
    "voice_spoof": 0.5,
    "whole_picture": 0.0,
}
# The voice says what it says of recordings; seams in sound, which honest people make too, say little.
UNMEASURED_AUDIO_WEIGHTS = {"av_coherence": 0.3, "voice_spoof": 1.0}
SEARCH_DISCOUNT = 0.25
# Most manipulated videos have their own, natural sound, and heads that are driven by a sound fit it better than real ones.
ONE_SIDED_ON_VIDEO = ("av_coherence", "lip_sync", "voice_spoof")


def kind_parameters(
    weights: Mapping[str, float],
    labels: Mapping[str, float],
    *,
    prior_log_odds: float = 0.0,
    search_discount: float | None = None,
    one_sided: Sequence[str] = (),
) -> KindParameters:
    """The section of one kind of media: these weights beside those set by hand, and a report expected of every test."""
    together = {**HAND_SET_WEIGHTS, **weights}
    return KindParameters(
        prior_log_odds=prior_log_odds,
        weights=together,
        labels=labels,
        min_evidence=MIN_EVIDENCE,
        conflict=CONFLICT,
        cues=sorted(together),
        search_discount=search_discount,
        one_sided=list(one_sided),
    )


def with_unmeasured(image: KindParameters) -> FusionParameters:
    """Videos and recordings with weights by hand and the thresholds of photos, until somebody fits them."""
    labels = image.labels.model_dump()
    video = kind_parameters(
        UNMEASURED_VIDEO_WEIGHTS, labels, search_discount=SEARCH_DISCOUNT, one_sided=ONE_SIDED_ON_VIDEO
    )
    audio = kind_parameters(UNMEASURED_AUDIO_WEIGHTS, labels, search_discount=SEARCH_DISCOUNT)
    return FusionParameters(kinds={"image": image, "video": video, "audio": audio})


def unmeasured_points(kind: str, parameters: KindParameters) -> list[card_pb2.OperatingPoint]:
    """Thresholds that no data stand behind."""
    labels = parameters.labels.model_dump()
    return [
        card_pb2.OperatingPoint(name=point_name(kind, label), threshold=threshold)
        for label, threshold in labels.items()
    ]

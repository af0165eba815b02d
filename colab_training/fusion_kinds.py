"""What fusion is told by hand: weights of tests that no data set measures, and the range in which error rates were measured."""

from __future__ import annotations

from collections.abc import Mapping

from fusion_svc.model import KIND_NAMES, KindParameters
from fusion_svc.tested import MeasuredRange
from gateway.making.plan import ASSIGNMENTS

# Set by hand: the files of the data set were all written again by its makers, so their metadata say nothing about the world.
# What a file declares of its origin counts in full, since the tests themselves cap it: a declared generator may decide alone.
# Camera data, which anybody can write, may not; saved twice, edited in parts, or a container of another program are not yet
# manipulated.
HAND_SET_WEIGHTS = {
    "container_structure": 0.3,
    "exif_anomaly": 0.3,
    "exif_consistency": 0.3,
    "jpeg_history": 0.3,
    "jpeg_structure": 0.3,
    "provenance": 1.0,
    "region_consistency": 0.3,
    "software_traces": 1.0,
}
# More than one cautious metadata cue alone, less than one good look at a face.
MIN_EVIDENCE = 0.4
CONFLICT = 1.0
# "authentic" must be likelier than not, and "suspicious" too, whatever the data say.
LEAST_LEAN = 0.1
# All-clears that mean nothing. A picture that a generator made whole is as consistent as a photo, and saved as often. Most
# manipulated videos have their own, natural sound, and heads that are driven by a sound fit it better than real ones.
ONE_SIDED = {
    "image": ("jpeg_history", "region_consistency"),
    "video": ("av_coherence", "lip_sync", "voice_spoof"),
    "audio": (),
}
# It looks at photos alone.
SILENT_ON_VIDEO = {"whole_picture": 0.0}
# The least of what was measured (docs/ACCURACY.md, docs/VIDEO.md, the card of voice_spoof). Photos: pictures of half the size, 89
# to 192 px, cost 0.11 of AUC, of three quarters, 133 px and more, nothing; files have 0.37 bits per pixel and more, JPEG of
# quality 40, which costs 0.07, has 0.35 to 1. Videos: clips of 240 px and more, and of half of it; x264 at CRF 32 leaves 0.007
# bits per pixel and picture and more, at CRF 40, which costs 0.09, 0.004; none is shorter than 1.2 s. Recordings: 1.8 s and
# more of 16 kHz; a telephone's 8 kHz cost 0.2 of AUC.
TESTED_RANGES = {
    "image": MeasuredRange(side_px=128.0, bits_per_pixel=0.35),
    "video": MeasuredRange(side_px=120.0, bits_per_pixel=0.007, seconds=1.0),
    "audio": MeasuredRange(seconds=1.8, sample_rate_hz=16000.0),
}


def kind_parameters(
    kind: str,
    weights: Mapping[str, float],
    labels: Mapping[str, float],
    *,
    prior_log_odds: float = 0.0,
    search_discount: float | None = None,
) -> KindParameters:
    """The section of one kind of media: these weights beside those set by hand, and a report expected of every test that is
    asked.
    """
    together = {**HAND_SET_WEIGHTS, **weights}
    return KindParameters(
        prior_log_odds=prior_log_odds,
        weights=together,
        labels=labels,
        min_evidence=MIN_EVIDENCE,
        conflict=CONFLICT,
        cues=sorted(asked(kind) & set(together)),
        search_discount=search_discount,
        one_sided=list(ONE_SIDED[kind]),
        tested_range=TESTED_RANGES[kind],
    )


def asked(kind: str) -> set[str]:
    """The tests that are asked about media of this kind."""
    (own,) = (number for number, name in KIND_NAMES.items() if name == kind)
    assigned = (assignment.only_for(own) for assignment in ASSIGNMENTS if own in assignment.kinds)
    return {cue for assignment in assigned for cue in assignment.cues}

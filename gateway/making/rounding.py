"""What callers are told, at the resolution at which it means something.

Sixteen digits of a network's answer let somebody outside climb its slopes in small steps, and most of these digits are not
supported by the data that the tests were calibrated on. So everything that a detector says is rounded once, where it enters the
gateway: what is fused, stored, signed and replayed is what callers see, and contributions still add up. What each message
reveals is listed in docs/model_protection.md.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from google.protobuf.message import Message

from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2, faces_pb2
from telltale.image.v1 import image_service_pb2
from telltale.metadata.v1 import facts_pb2

RATIO_STEP = 0.1
"""Of natural log-likelihood ratios: a tenth changes the odds by a tenth."""
SHARE_STEP = 0.05
"""Of strengths, qualities and probabilities, [0, 1]."""
PLACE_STEP = 0.001
"""Of places, as a share of the picture's side."""
DISTANCE_STEP = 0.02
"""Of the distance between lips and sound, [0, 2]."""
CORRELATION_STEP = 0.01
"""Of the correlation between a picture and its preview."""
MAP_STEP = 17
"""Of a map's bytes: sixteen levels from 0 to 255."""

_DIGITS = 6

Find = TypeVar("Find", bound=Message)


def rounded(find: Find) -> Find:
    """A copy of what a detector found, rounded; what holds no measured number is a plain copy."""
    copy = type(find)()
    copy.CopyFrom(find)
    if isinstance(copy, evidence_pb2.Evidence):
        _round_evidence(copy)
    elif isinstance(copy, image_service_pb2.FaceTracks):
        _round_tracks(copy)
    elif isinstance(copy, sound_pb2.LipSyncCurve):
        _round_curve(copy)
    elif isinstance(copy, facts_pb2.MetadataFacts):
        _round_facts(copy)
    return copy


def _round_evidence(evidence: evidence_pb2.Evidence) -> None:
    if evidence.HasField("compute_time"):
        evidence.compute_time.FromMilliseconds(evidence.compute_time.ToMilliseconds())
    if evidence.HasField("finding"):
        _round_finding(evidence.finding)


def _round_finding(finding: evidence_pb2.Finding) -> None:
    finding.log_likelihood_ratio = _nearest(finding.log_likelihood_ratio, RATIO_STEP)
    finding.quality = _share(finding.quality)
    for span in finding.spans:
        span.log_likelihood_ratio = _nearest(span.log_likelihood_ratio, RATIO_STEP)
    for region in finding.regions:
        region.strength = _share(region.strength)
        _round_box(region.box)
    if finding.HasField("map"):
        _round_map(finding.map)


def _round_map(response: evidence_pb2.EvidenceMap) -> None:
    levels = np.rint(np.frombuffer(response.values, np.uint8) / MAP_STEP) * MAP_STEP
    response.values = levels.astype(np.uint8).tobytes()
    if response.HasField("area"):
        _round_box(response.area)


def _round_tracks(tracks: image_service_pb2.FaceTracks) -> None:
    for track in tracks.tracks:
        for seen in track.observations:
            seen.detection_probability = _share(seen.detection_probability)
            _round_box(seen.box)
            for point in seen.landmarks:
                point.x, point.y = _nearest(point.x, PLACE_STEP), _nearest(point.y, PLACE_STEP)


def _round_box(box: faces_pb2.NormalizedBox) -> None:
    """Outwards, so that no box becomes empty."""
    box.x_min, box.y_min = (_down(edge, PLACE_STEP) for edge in (box.x_min, box.y_min))
    box.x_max, box.y_max = (-_down(-edge, PLACE_STEP) for edge in (box.x_max, box.y_max))


def _round_curve(curve: sound_pb2.LipSyncCurve) -> None:
    curve.offset_ms = _nearest(curve.offset_ms, 1.0)
    curve.confidence = _share(curve.confidence)
    for tried in curve.distances:
        tried.distance = _nearest(tried.distance, DISTANCE_STEP)
    for window in curve.windows:
        window.offset_ms = _nearest(window.offset_ms, 1.0)
        window.confidence = _share(window.confidence)
        window.distance = _nearest(window.distance, DISTANCE_STEP)


def _round_facts(facts: facts_pb2.MetadataFacts) -> None:
    if facts.HasField("jpeg_history"):
        history = facts.jpeg_history
        history.aligned_log_likelihood_ratio = _nearest(history.aligned_log_likelihood_ratio, RATIO_STEP)
        history.shifted_log_likelihood_ratio = _nearest(history.shifted_log_likelihood_ratio, RATIO_STEP)
    if facts.HasField("thumbnail"):
        facts.thumbnail.correlation = _nearest(facts.thumbnail.correlation, CORRELATION_STEP)


def _share(value: float) -> float:
    """A little is not rounded to nothing: what has a quality was looked at, and what has a strength was pointed at."""
    return max(SHARE_STEP, _nearest(value, SHARE_STEP)) if value > 0 else value


def _nearest(value: float, step: float) -> float:
    # Adding zero turns -0.0 into 0.0.
    return round(round(value / step) * step, _DIGITS) + 0.0


def _down(value: float, step: float) -> float:
    # What was rounded before stays: 0.57 / 0.001 is a little less than 570.
    return round(math.floor(round(value / step, _DIGITS)) * step, _DIGITS) + 0.0

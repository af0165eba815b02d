"""What is heard: what it is that sounds suspicious, and how lips lie against the sound."""

from __future__ import annotations

from typing import Any

from cli import timeline
from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2

_HEARD = {"voice_spoof": "the voice", "av_coherence": "the sound"}


def subject(segment: verdict_pb2.Segment, analysis: resources_pb2.Analysis) -> str:
    """Whom or what a stretch is about, e.g. "person 1", counted as on the page, or "the voice".

    Without a person it is what the test that speaks loudest there listens to; where that test looks, it is the video.
    """
    if segment.HasField("track_id"):
        return f"person {segment.track_id + 1}"
    whole = "the recording" if analysis.info.kind == media_pb2.MEDIA_KIND_AUDIO else "the video"
    weights = {each.cue: each.weight * each.quality for each in analysis.verdict.contributions}
    voices = {each.cue: weights.get(each.cue, 0.0) * _suspicion(each, segment) for each in analysis.evidence}
    loudest = max(voices, key=lambda cue: voices[cue], default="")
    return _HEARD.get(loudest, whole) if voices.get(loudest) else whole


def lips_in_words(curve: sound_pb2.LipSyncCurve) -> str:
    """E.g. "person 1  sound 120 ms behind the lips  clarity 75%"."""
    offset_ms = round(curve.offset_ms)
    place = "behind" if offset_ms > 0 else "ahead of"
    how = f"sound {abs(offset_ms)} ms {place} the lips" if offset_ms else "sound in step with the lips"
    return f"person {curve.track_id + 1}  {how}  clarity {curve.confidence:.0%}"


def as_json(curve: sound_pb2.LipSyncCurve) -> dict[str, Any]:
    """How one person's lips lie against the sound, for scripts; a positive offset is sound that comes too late."""
    return {"track_id": curve.track_id, "offset_ms": round(curve.offset_ms, 1), "clarity": round(curve.confidence, 3)}


def _suspicion(evidence: evidence_pb2.Evidence, segment: verdict_pb2.Segment) -> float:
    """How much a test says against this stretch without naming a person: log-likelihood ratios times seconds, >= 0."""
    first_s, last_s = timeline.seconds(segment.start), timeline.seconds(segment.end)
    total = 0.0
    for span in evidence.finding.spans:
        shared_s = min(last_s, timeline.seconds(span.end)) - max(first_s, timeline.seconds(span.start))
        if not span.HasField("track_id") and shared_s > 0:
            total += shared_s * span.log_likelihood_ratio
    return max(0.0, total)

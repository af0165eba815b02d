"""Evidence of clips seen in other ways, without decoding them again: only their beginning, or many clips one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from google.protobuf import duration_pb2

from colab_training.video_fusion.clips import Clip
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import fusion_service_pb2

ALIKE_S = 1.28
"""Longest stretch that every labelled clip has about: the shortest last 1.2 s."""
_LONGEST_S = 600.0


def cut_alike(clip: Clip) -> Clip:
    """The clip as if it ended after ALIKE_S.

    Fakes of the data are longer than real clips, and the worst of many stretches is worse than the worst of one, fake or not.
    """
    request = fusion_service_pb2.FuseRequest()
    request.CopyFrom(clip.request)
    for entry in request.evidence:
        kept = [span for span in entry.finding.spans if span.start.ToNanoseconds() / 1e9 < ALIKE_S / 2]
        if entry.finding.spans and kept:
            worst = max(span.log_likelihood_ratio for span in kept)
            del entry.finding.spans[:]
            entry.finding.spans.extend(kept)
            entry.finding.log_likelihood_ratio = worst
    request.media.duration.FromMilliseconds(min(round(ALIKE_S * 1000), request.media.duration.ToMilliseconds()))
    return replace(clip, request=request)


def chained(clips: Sequence[Clip]) -> Clip:
    """Clips of one class one after the other as one long video, each with people of its own."""
    together: dict[str, evidence_pb2.Evidence] = {}
    start_s, people = 0.0, 0
    for clip in clips:
        for entry in clip.request.evidence:
            if entry.finding.spans and entry.cue not in together:
                together[entry.cue] = evidence_pb2.Evidence(cue=entry.cue, model=entry.model)
                together[entry.cue].finding.CopyFrom(entry.finding)
                del together[entry.cue].finding.spans[:]
            for span in entry.finding.spans:
                moved = together[entry.cue].finding.spans.add()
                moved.CopyFrom(span)
                if span.HasField("track_id"):  # what is heard is nobody's
                    moved.track_id = people + span.track_id
                moved.start.CopyFrom(_later(span.start, start_s))
                moved.end.CopyFrom(_later(span.end, start_s))
        start_s += min(_LONGEST_S, clip.request.media.duration.ToNanoseconds() / 1e9)
        people += 64
    request = fusion_service_pb2.FuseRequest(media=clips[0].request.media, evidence=together.values())
    request.media.duration.FromMilliseconds(round(start_s * 1000))
    return replace(clips[0], request=request)


def _later(moment: duration_pb2.Duration, shift_s: float) -> duration_pb2.Duration:
    moved = duration_pb2.Duration()
    moved.FromMicroseconds(round(moment.ToNanoseconds() / 1e3 + shift_s * 1e6))
    return moved

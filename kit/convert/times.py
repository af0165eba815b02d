"""Moments and stretches of time between seconds and messages of the contract."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration

from kit.media.spans import Span
from telltale.common.v1 import evidence_pb2, media_pb2


def duration(seconds: float) -> Duration:
    """Seconds from the beginning of the media; what lies a little before it, by rounding, is put there."""
    message = Duration()
    message.FromNanoseconds(max(0, round(seconds * 1e9)))
    return message


def seconds(moment: Duration) -> float:
    """Seconds of a message."""
    return float(moment.ToNanoseconds() / 1e9)


def time_range(span: Span) -> media_pb2.TimeRange:
    """A stretch that was examined."""
    return media_pb2.TimeRange(start=duration(span.start_s), end=duration(span.end_s))


def time_span(span: Span, log_likelihood_ratio: float, track_id: int | None = None) -> evidence_pb2.TimeSpan:
    """What a test says about a stretch of one person, or of the sound where there is no track: a natural log-likelihood ratio."""
    return evidence_pb2.TimeSpan(
        start=duration(span.start_s),
        end=duration(span.end_s),
        log_likelihood_ratio=log_likelihood_ratio,
        track_id=track_id,
    )

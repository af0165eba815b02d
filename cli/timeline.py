"""Where in time a video or a recording is suspicious."""

from __future__ import annotations

from typing import Any

from google.protobuf.duration_pb2 import Duration

from telltale.fusion.v1 import verdict_pb2


def in_words(segment: verdict_pb2.Segment, subject: str) -> str:
    """E.g. "person 1  0:01.2-0:03.4  risk 93"; `subject` is whom or what it is about."""
    return f"{subject}  {moment(segment.start)}-{moment(segment.end)}  risk {segment.risk_score:.0f}"


def as_json(segment: verdict_pb2.Segment) -> dict[str, Any]:
    """A stretch for scripts: seconds from the beginning, the track of the person (null: nobody in particular), the risk."""
    return {
        "start_s": seconds(segment.start),
        "end_s": seconds(segment.end),
        "track_id": segment.track_id if segment.HasField("track_id") else None,
        "risk_score": segment.risk_score,
    }


def moment(time: Duration) -> str:
    """E.g. "1:02.5", and from the first hour on "1:00:02.5"."""
    tenths = round(seconds(time) * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest / 10:04.1f}" if hours else f"{minutes}:{rest / 10:04.1f}"


def seconds(time: Duration) -> float:
    """Seconds, to the millisecond."""
    return round(time.seconds + time.nanos / 1e9, 3)

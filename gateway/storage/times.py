"""Moments as databases and messages hold them."""

from __future__ import annotations

from datetime import UTC, datetime

from google.protobuf import timestamp_pb2


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware moment."""
    return round(moment.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """The aware moment, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def to_timestamp(moment: datetime) -> timestamp_pb2.Timestamp:
    """The moment as messages hold it."""
    timestamp = timestamp_pb2.Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp

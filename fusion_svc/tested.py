"""Whether media lie in the range in which error rates were measured: too small, too compressed or too short media do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from telltale.common.v1 import media_pb2

Least = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class MeasuredRange(BaseModel):
    """The least that media of one kind must have; None where nothing is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    # Pixels of the shorter side.
    side_px: Least | None = None
    # Bits of the file per pixel, of a video per pixel and picture.
    bits_per_pixel: Least | None = None
    # Playing time.
    seconds: Least | None = None
    # Samples a second of the sound.
    sample_rate_hz: Least | None = None


@dataclass(frozen=True)
class Shortfall:
    """What media have too little of: a quantity of the tested range, how much there is, and how much is needed."""

    quantity: str
    value: float
    needed: float


def shortfalls(media: media_pb2.MediaInfo, tested: MeasuredRange) -> tuple[Shortfall, ...]:
    """All that the media have too little of, in order of name. What is not known of them is not held against them."""
    needed = tested.model_dump(exclude_none=True)
    found = {name: value for name, value in _quantities(media) if value < needed.get(name, 0.0)}
    return tuple(Shortfall(name, found[name], needed[name]) for name in sorted(found))


def _quantities(media: media_pb2.MediaInfo) -> Iterator[tuple[str, float]]:
    seconds, pixels = media.duration.ToNanoseconds() / 1e9, media.width_px * media.height_px
    if pixels:
        yield "side_px", float(min(media.width_px, media.height_px))
        yield "bits_per_pixel", 8 * media.size_bytes / (pixels * max(1.0, _pictures(media, seconds)))
    if seconds:
        yield "seconds", seconds
    if media.HasField("sample_rate_hz"):
        yield "sample_rate_hz", float(media.sample_rate_hz)


def _pictures(media: media_pb2.MediaInfo, seconds: float) -> float:
    return float(media.frame_count) or media.frame_rate_fps * seconds

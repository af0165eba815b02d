"""What is known of a video or a recording before anything in it is examined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

THUMBNAIL_PX = (64, 36)
"""Width and height of the survey's pictures, whatever the video's shape."""

SOUND_ONLY = "sound only"
"""Detail "holds" of the error for a container of videos that holds a recording."""

Array: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[Any]]"


@dataclass(frozen=True)
class VideoFacts:
    """Facts about the pictures of one video.

    Attributes:
        width_px: of an upright frame, at most 16,384.
        height_px: of an upright frame.
        duration_s: playing time of the pictures that are in the file, more than 0.
        frame_count: pictures in the file.
        frame_rate_fps: mean number of pictures a second.
        has_audio: there is a sound track.
        rotation_deg: 0, 90, 180 or 270, counter-clockwise; already undone in all pixels given out.
        codec: FFmpeg's name of the coding, e.g. "h264".
        variable_rate: the time between pictures varies by more than a sixth.
        truncated: the container promises more than the file holds.
    """

    width_px: int
    height_px: int
    duration_s: float
    frame_count: int
    frame_rate_fps: float
    has_audio: bool
    rotation_deg: int
    codec: str
    variable_rate: bool
    truncated: bool


@dataclass(frozen=True)
class SoundFacts:
    """Facts about the sound of one recording or video.

    Attributes:
        duration_s: when the sound ends, more than 0: seconds from its first sample, of a video from the first picture.
        sample_rate_hz: samples a second and channel, as decoded.
        channels: as decoded.
        codec: FFmpeg's name of the coding, e.g. "aac".
        truncated: the container promises more than the file holds.
    """

    duration_s: float
    sample_rate_hz: int
    channels: int
    codec: str
    truncated: bool


@dataclass(frozen=True, eq=False)
class Survey:
    """A first look over the whole length.

    Attributes:
        facts: size, length and so on.
        key_frame_times_s: of every picture that can be decoded on its own, seconds from the first picture, in order.
        thumbnail_times_s: float64 (N,), 1 to 64 of these, spread over the length.
        thumbnails: uint8 (N, 36, 64, 3), RGB, upright, squeezed to that shape.
    """

    facts: VideoFacts
    key_frame_times_s: tuple[float, ...]
    thumbnail_times_s: Array
    thumbnails: Array

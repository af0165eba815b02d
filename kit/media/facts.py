"""What is known of a video before anything in it is examined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

THUMBNAIL_PX = (64, 36)
"""Width and height of the survey's pictures, whatever the video's shape."""

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

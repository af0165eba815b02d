"""Pixels for the pictures of a report. Whatever decodes runs in the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from kit.media.file import MediaFile
from kit.media.image import decode_image
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.spans import Span
from kit.media.video import read_frames

MAX_SIDE_PX = 1_200
_TIMEOUT_S = 20.0
_STEP_S = 0.5  # A frame this near to a moment is a picture of it.

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a video: uint8 (H, W, 3), RGB, upright, and when it is shown."""

    time_s: float
    pixels: Pixels


class Eye(Protocol):
    """Looks into media. Its methods block and raise TelltaleError for what cannot be decoded."""

    def still(self, media: MediaFile) -> Pixels:
        """A photo, (H, W, 3), RGB, upright, its longer side at most 1200 px."""
        ...

    def whole(self, media: MediaFile) -> Pixels:
        """A photo in its own size, (H, W, 3), RGB, upright."""
        ...

    def moments(self, media: MediaFile, times_s: Sequence[float]) -> list[Frame]:
        """The frames of a video nearest to these moments, in order of time, each once; same size as stills."""
        ...


class SandboxEye:
    """`Eye` by way of the sandbox."""

    def __init__(self, sandbox: Sandbox, limits: MediaLimits) -> None:
        self._sandbox = sandbox
        self._limits = limits

    def still(self, media: MediaFile) -> Pixels:
        """A photo, reduced to 1200 px."""
        return reduced(self.whole(media), MAX_SIDE_PX)

    def whole(self, media: MediaFile) -> Pixels:
        """A photo."""
        return decode_image(self._sandbox, media, self._limits, timeout_s=_TIMEOUT_S).pixels

    def moments(self, media: MediaFile, times_s: Sequence[float]) -> list[Frame]:
        """Frames of a video."""
        spans = [Span(time_s, time_s + _STEP_S / 2) for time_s in sorted(times_s)]
        batches = read_frames(
            self._sandbox,
            media,
            self._limits,
            spans,
            rate_fps=1 / _STEP_S,
            max_side_px=MAX_SIDE_PX,
            timeout_s=_TIMEOUT_S,
        )
        return [
            Frame(float(time_s), pixels)
            for batch in batches
            for time_s, pixels in zip(batch.times_s, batch.pixels, strict=True)
        ]


def reduced(pixels: Pixels, side_px: int) -> Pixels:
    """The picture with its longer side at most `side_px`."""
    height, width = pixels.shape[:2]
    scale = side_px / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)

"""Pixels without media: what a report is given in place of a decoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gateway.report.eye import Frame, Pixels
from kit.media.file import MediaFile


class FakeEye:
    """Shows a gradient of 240 x 320 pixels, whatever it is asked for."""

    def still(self, media: MediaFile) -> Pixels:
        return gradient()

    def whole(self, media: MediaFile) -> Pixels:
        return gradient()

    def moments(self, media: MediaFile, times_s: Sequence[float]) -> list[Frame]:
        return [Frame(time_s, gradient()) for time_s in sorted(times_s)]


def gradient() -> Pixels:
    """(320, 240, 3), darker to brighter from left to right."""
    return np.repeat(np.tile(np.linspace(30, 220, 240).astype(np.uint8), (320, 1))[..., None], 3, axis=2)

"""Finds the faces of a video frame by frame and follows them, holding no more than the frame at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from kit.media.facts import Array
from kit.media.shots import CUT_DISTANCE, distance, histogram
from kit.media.video import Frames
from kit.vision.faces import Face, Picture, VideoFaceFinder
from kit.vision.linking import Linker
from kit.vision.tracks import Track, tracks_of

RATE_FPS: Final = 6.25
"""How often faces are looked for: every 0.16 s, in which a face moves less than its own size."""
MAX_SIDE_PX: Final = 1280
"""Longer side of the frames in which they are looked for."""
# Rows, or columns, of a frame that are enough to tell its colours.
_SAMPLES: Final = 120
# Less than the longest gap that is bridged, so that people seen by thorough looks alone are followed.
_THOROUGH_S: Final = 0.64
# Frames do not lie exactly on the grid that was asked for.
_TOLERANCE_S: Final = 0.06


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One frame that was looked at."""

    time_s: float
    stretch: int
    """Index of the stretch that it belongs to."""
    picture: Picture
    """(H, W, 3) RGB; to be copied by who wants to keep it."""
    faces: list[Face]
    """Largest first."""
    numbers: list[int]
    """`Track.number` of each face."""


class FaceTracker:
    """Follows the faces of one video.

    Most looks are quick. A thorough one every 0.64 s finds small faces too; it comes twice as often while quick ones find none.
    """

    def __init__(self, finder: VideoFaceFinder) -> None:
        self._finder = finder
        self._quick = finder.quick()
        self._linker = Linker()
        self._colours: Array | None = None
        self._thorough_s = -np.inf
        self._seen_quickly = False

    def look(self, frames: Iterable[Frames]) -> Iterator[Look]:
        """Looks at frames in order of time, one at each step of the iterator."""
        for batch in frames:
            for time_s, stretch, picture in zip(batch.times_s, batch.stretch, batch.pixels, strict=True):
                cut = self._cut(picture)
                thorough = cut or self._due(float(time_s))
                faces = self._faces(float(time_s), picture, thorough)
                numbers = self._linker.add(float(time_s), faces, cut=cut, thorough=thorough)
                yield Look(float(time_s), int(stretch), picture, faces, numbers)

    def tracks(self) -> list[Track]:
        """The people found so far, the one with most to see first, at most as many as an answer may hold.

        Faces that flashed up once or twice are taken for errors of the finder and left out.
        """
        return tracks_of(self._linker.links())

    def _due(self, time_s: float) -> bool:
        wait_s = _THOROUGH_S if self._seen_quickly else _THOROUGH_S / 2
        return time_s - self._thorough_s >= wait_s - _TOLERANCE_S

    def _faces(self, time_s: float, picture: Picture, thorough: bool) -> list[Face]:
        if thorough:
            self._thorough_s = time_s
            return self._finder.find(picture)
        faces = self._quick.find(picture)
        self._seen_quickly = bool(faces)
        return faces

    def _cut(self, picture: Picture) -> bool:
        step = max(1, min(picture.shape[:2]) // _SAMPLES)
        before, self._colours = self._colours, histogram(picture[::step, ::step])
        return before is not None and distance(before, self._colours) > CUT_DISTANCE

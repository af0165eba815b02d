"""Links the faces of successive frames: greedy, best overlap with the predicted place first.

Overlap as the only measure: Bochinski et al., "High-Speed Tracking-by-Detection Without Using Image Information" (AVSS 2017). The
prediction at constant velocity keeps people apart who pass each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from kit.vision.boxes import overlaps
from kit.vision.faces import Face, Floats
from kit.vision.paths import MAX_GAP_S

MIN_SEEN: Final = 3
"""Times that a face must be found to count, unless there were no more chances: false faces flash up and are gone."""
_MIN_OVERLAP: Final = 0.2
# Over a hole that nobody looked into, only a face that stayed where it was is taken for the same.
_MIN_OVERLAP_OVER_HOLE: Final = 0.5
_VELOCITY_OVER: Final = 4


@dataclass(slots=True, eq=False)
class Link:
    """The faces taken for one person so far."""

    number: int
    times_s: list[float] = field(default_factory=list)
    faces: list[Face] = field(default_factory=list)
    frames: int = 0
    """Frames that were looked at since it was first seen."""
    chances: int = 0
    """Those of them in which it was seen, or would have been by a thorough look."""

    @property
    def credible(self) -> bool:
        """Whether it was found often enough to be a face."""
        seen = len(self.faces)
        return seen >= MIN_SEEN or (seen == self.chances and (seen > 1 or self.frames == 1))

    @property
    def screen_px(self) -> float:
        """Size times how often it was seen."""
        return sum(face.longer_side_px for face in self.faces)

    def predicted(self, time_s: float) -> Floats:
        """(4,) box at a moment: the last one, moved on, over short gaps, as the face moved over its last observations."""
        times_s, last = self.times_s[-_VELOCITY_OVER:], _box(self.faces[-1])
        ahead_s, passed_s = time_s - times_s[-1], times_s[-1] - times_s[0]
        if ahead_s > MAX_GAP_S or not 0 < passed_s <= 2 * MAX_GAP_S:
            return last
        moved = _centre(last) - _centre(_box(self.faces[-len(times_s)]))
        return np.asarray(last + np.tile(moved * (ahead_s / passed_s), 2), dtype=np.float32)


class Linker:
    """Takes frames in order of time and keeps the links of one video."""

    def __init__(self) -> None:
        self._live: list[Link] = []
        self._ended: list[Link] = []
        self._last_thorough_s = -np.inf
        self._count = 0

    def add(self, time_s: float, faces: Sequence[Face], *, cut: bool, thorough: bool = True) -> list[int]:
        """The number of the link that each face of the next frame belongs to.

        `cut`: nothing goes on from the frame before. `thorough`: a face that is missing is not there.
        """
        self._end(time_s, cut)
        found = self._matched(time_s, faces)
        links = [found.get(index) or self._begun() for index in range(len(faces))]
        for link in self._live:
            link.frames += 1
            link.chances += thorough or link in links
        for link, face in zip(links, faces, strict=True):
            link.times_s.append(time_s)
            link.faces.append(face)
        if thorough:
            self._last_thorough_s = time_s
        return [link.number for link in links]

    def links(self) -> list[Link]:
        """The credible ones so far, those with most to see first."""
        credible = [link for link in (*self._ended, *self._live) if link.credible]
        return sorted(credible, key=lambda link: -link.screen_px)

    def _end(self, time_s: float, cut: bool) -> None:
        # A face that was there at the last thorough look goes on over a hole; one that was missing then has gone.
        gone = [
            cut or (time_s - link.times_s[-1] > MAX_GAP_S and link.times_s[-1] < self._last_thorough_s)
            for link in self._live
        ]
        self._ended += [link for link, over in zip(self._live, gone, strict=True) if over and link.credible]
        self._live = [link for link, over in zip(self._live, gone, strict=True) if not over]

    def _matched(self, time_s: float, faces: Sequence[Face]) -> dict[int, Link]:
        """The link of each face, by its index, that goes on one: pairs in order of overlap, each link and face once."""
        if not self._live or not faces:
            return {}
        boxes = np.stack([*(link.predicted(time_s) for link in self._live), *(_box(face) for face in faces)])
        shared = overlaps(boxes, of_smaller=False)[: len(self._live), len(self._live) :]  # (links, faces)
        matched: dict[int, Link] = {}
        for flat in np.argsort(-shared, axis=None, kind="stable"):
            row, index = divmod(int(flat), len(faces))
            link = self._live[row]
            if shared[row, index] >= _needed(link, time_s) and index not in matched and link not in matched.values():
                matched[index] = link
        return matched

    def _begun(self) -> Link:
        link = Link(self._count)
        self._count += 1
        self._live.append(link)
        return link


def _needed(link: Link, time_s: float) -> float:
    return _MIN_OVERLAP if time_s - link.times_s[-1] <= MAX_GAP_S else _MIN_OVERLAP_OVER_HOLE


def _box(face: Face) -> Floats:
    return np.asarray(face.box_px, dtype=np.float32)


def _centre(box: Floats) -> Floats:
    return np.asarray((box[:2] + box[2:]) / 2, dtype=np.float32)

"""Chooses, while a video passes by, the few frames in which a face shows best, spread over the whole length."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from kit.vision.faces import Face, Picture
from kit.vision.tracker import Look

MAX_PER_TRACK: Final = 8
MAX_IN_ALL: Final = 24
# More than are needed in the end, so that late faces can still push early ones out; each is a few megabytes at most.
_MAX_HELD: Final = 48
_MAX_FACES: Final = 8
# What the tests look at reaches 1.2 times the face; the rest is for windows that must have a least size.
_CUT_SCALE: Final = 1.5
_MARGIN_PX: Final = 48
_GRID_PX: Final = 8
_LARGE_PX: Final = 160.0
_SHARP: Final = 60.0
# The hole beyond the first and the last frame of a track has no other side; these two hold the whole length.
_END_WORTH: Final = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class KeyFrame:
    """One face in the best of the frames of one stretch."""

    number: int
    """`Track.number` of the face."""
    stretch: int
    time_s: float
    face: Face
    """In pixels of the frame."""
    picture: Picture
    """(h, w, 3) RGB, the part of the frame around the face, its top left corner on the frame's 8x8 grid."""
    corner_px: tuple[int, int]
    """Left and top of that part."""
    merit: float
    """(0, 1]: how well the face shows, its size, sharpness and probability together."""

    @property
    def face_in_picture(self) -> Face:
        """The face in pixels of `picture`."""
        left, top = self.corner_px
        x0, y0, x1, y1 = self.face.box_px
        landmarks = self.face.landmarks_px - np.asarray(self.corner_px, dtype=np.float32)
        return Face((x0 - left, y0 - top, x1 - left, y1 - top), landmarks, self.face.probability)


class KeyFrames:
    """The best frame of each face and stretch so far. Of one thread."""

    def __init__(self) -> None:
        self._best: dict[tuple[int, int], KeyFrame] = {}

    def show(self, look: Look) -> None:
        """Keeps a copy of those faces that show better than before in this stretch."""
        for face, number in itertools.islice(zip(look.faces, look.numbers, strict=True), _MAX_FACES):
            merit, before = merit_of(look.picture, face), self._best.get((number, look.stretch))
            if before is None or merit > before.merit:
                self._best[number, look.stretch] = _key_frame(look, face, number, merit)
        if len(self._best) > _MAX_HELD:
            self._best = {(each.number, each.stretch): each for each in thinned(self._best.values(), _MAX_HELD)}

    def chosen(self, numbers: Iterable[int]) -> list[KeyFrame]:
        """The key frames of some faces in order of time: at most MAX_PER_TRACK of each and MAX_IN_ALL."""
        own = ([each for each in self._best.values() if each.number == number] for number in numbers)
        kept = itertools.chain.from_iterable(thinned(frames, MAX_PER_TRACK) for frames in own)
        return sorted(thinned(kept, MAX_IN_ALL), key=lambda each: each.time_s)


def merit_of(picture: Picture, face: Face) -> float:
    """(0, 1]: grows with the face's size, its probability and its sharpness.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000).
    """
    height, width = picture.shape[:2]
    left, top, right, bottom = (round(edge) for edge in face.box_px)
    inside = picture[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    if inside.size == 0:
        return 1e-6
    sharpness = float(cv2.Laplacian(cv2.cvtColor(inside, cv2.COLOR_RGB2GRAY), cv2.CV_32F).var())
    return max(1e-6, min(1.0, face.longer_side_px / _LARGE_PX) * face.probability * sharpness / (sharpness + _SHARP))


def thinned(frames: Iterable[KeyFrame], most: int) -> list[KeyFrame]:
    """At most `most` key frames: those go first that leave the smallest hole in their track, and of equals the worst ones."""
    kept = sorted(frames, key=lambda each: (each.number, each.time_s))
    while len(kept) > most:
        worths = [_worth(kept, index) for index in range(len(kept))]
        del kept[worths.index(min(worths))]
    return kept


def _worth(frames: Sequence[KeyFrame], index: int) -> tuple[float, float]:
    """Length of the hole that one of the frames would leave, times its merit; the only one of a track is worth most."""
    this = frames[index]
    near = [
        frames[i].time_s for i in (index - 1, index + 1) if 0 <= i < len(frames) and frames[i].number == this.number
    ]
    if not near:
        return math.inf, this.merit
    hole_s = near[1] - near[0] if len(near) == 2 else _END_WORTH * abs(near[0] - this.time_s)
    return hole_s * this.merit, this.merit


def _key_frame(look: Look, face: Face, number: int, merit: float) -> KeyFrame:
    height, width = look.picture.shape[:2]
    left, top, right, bottom = face.box_px
    reach = _CUT_SCALE * face.longer_side_px / 2 + _MARGIN_PX
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    x0, y0 = (max(0, math.floor((middle - reach) / _GRID_PX) * _GRID_PX) for middle in (middle_x, middle_y))
    x1, y1 = min(width, math.ceil(middle_x + reach)), min(height, math.ceil(middle_y + reach))
    part = look.picture[y0:y1, x0:x1].copy()
    return KeyFrame(number, look.stretch, look.time_s, face, part, (x0, y0), merit)

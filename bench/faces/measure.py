"""What each finder finds, what it takes for a face, and how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from colab_training.face_finder import trials
from colab_training.face_finder.annotated import Annotated
from colab_training.face_finder.measure import Sought, false_faces, look_for
from colab_training.face_finder.scenes import camera_photos, read_scenes
from colab_training.manifest import part, read_manifest
from colab_training.pictures import read_picture, teacher_faces
from kit.convert.tensor import Picture
from kit.vision.faces import FaceFinder

_SEED = 7
_WARM_UP = 2


@dataclass(frozen=True)
class TestSets:
    """Held-back photos: portraits as they are, portraits pasted into held-back scenes, and photos without people."""

    native: list[Annotated]
    composed: list[Annotated]
    empty: dict[str, Picture]
    """By name of the file."""


@dataclass(frozen=True)
class Time:
    """Milliseconds of one call: median of the clock, and of this thread's processor time, which other work cannot stretch."""

    clock_ms: float
    processor_ms: float


@dataclass(frozen=True)
class Found:
    """All that one finder did."""

    native: list[Sought]
    composed: list[Sought]
    false_faces: dict[str, int]
    """Number by name of the photo."""
    times: dict[str, Time]
    """By what was done."""


def read_test_sets(data: Path, models: Path, cache: Path, items: int) -> TestSets:
    """At most `items` portraits of the split val, with the teacher's faces, and photos without people."""
    root = data / "faces"
    samples = trials.drawn(part(read_manifest(root), "val"), items)
    native = list(trials.native(root, samples, teacher_faces(root, samples, models, cache)))
    scenes = [(path.name, read_picture(path)) for path in read_scenes(data).held_back]
    cameras = [(path.name, read_picture(path)) for path in camera_photos(data)]
    composed = list(trials.composed(native, [photo for _, photo in scenes], _SEED))
    return TestSets(native, composed, dict([*scenes, *cameras]))


def examine(finder: FaceFinder, sets: TestSets, looks: dict[str, Callable[[], object]], calls: int) -> Found:
    """One finder on all sets; `looks` are timed `calls` times each."""
    return Found(
        native=look_for(finder, sets.native),
        composed=look_for(finder, sets.composed),
        false_faces=dict(zip(sets.empty, false_faces(finder, sets.empty.values()), strict=True)),
        times={name: timed(look, calls) for name, look in looks.items()},
    )


def timed(look: Callable[[], object], calls: int) -> Time:
    """Medians over `calls` calls, after some that do not count."""
    for _ in range(_WARM_UP):
        look()
    clock, processor = zip(*(_once(look) for _ in range(calls)), strict=True)
    return Time(float(np.median(clock)), float(np.median(processor)))


def square_photo(photos: Iterable[Picture], side_px: int) -> Picture:
    """The largest of the photos, cut and resized to a square: the most that a look of the finder may have to go through."""
    photo = max(photos, key=lambda each: each.size)
    side = min(photo.shape[:2])
    return np.asarray(cv2.resize(photo[:side, :side], (side_px, side_px), interpolation=cv2.INTER_AREA), np.uint8)


def _once(look: Callable[[], object]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.thread_time()
    look()
    return (time.perf_counter() - clock) * 1e3, (time.thread_time() - processor) * 1e3

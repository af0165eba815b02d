"""Pictures compressed once, twice on the same grid, and twice on two grids, and what serving's code measures on them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from tqdm import tqdm

from colab_training.jpeg_history.settings import HistorySettings
from colab_training.jpeg_originals import (
    Original,
    compressed,
    fresh,
    large_enough,
    opened,
    random_of,
    stored_by,
)
from kit.convert.tensor import Picture
from metadata_svc.history.luma import decoded
from metadata_svc.history.reading import HistoryReading, measure_history
from metadata_svc.reading.jpeg import luminance_steps

ONCE: Final = "once"
ALIGNED: Final = "same grid"
SHIFTED: Final = "other grid"
STANDARD: Final = "standard tables"
CAMERA: Final = "tables of cameras"
_MARGIN_PX: Final = 8

Tables = Sequence[tuple[int, ...]]


@dataclass(frozen=True)
class Example:
    """One picture with a known history. `tables` names the first tables of two, the only ones of one."""

    source: str
    file: str
    kind: str
    side_px: int
    tables: str
    first_quality: int
    """0 where there was one compression, or the first had no standard tables."""
    second_quality: int
    corner_px: tuple[int, int]
    """Column and row of the older grid in the picture."""
    reading: HistoryReading


def measure_all(files: Sequence[Original], settings: HistorySettings, tables: Tables, processes: int) -> list[Example]:
    """Makes and measures every example. What is made depends on the files' names alone."""
    jobs = [
        (file, side_px, once, twice, settings, tables)
        for side_px, once, twice in zip(settings.sides_px, settings.once, settings.twice, strict=True)
        for file in large_enough(files, side_px)
    ]
    # A fork of a process in which OpenCV has had threads would wait for them for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=processes, mp_context=context) as pool:
        answers = list(tqdm(pool.map(_measure, jobs, chunksize=4), "measuring", total=len(jobs), mininterval=20))
    return [example for answer in answers for example in answer]


def reading_of(data: bytes) -> HistoryReading:
    """What serving measures on a file. Raises ValueError when it has no table."""
    steps = luminance_steps(data)
    if steps is None:
        raise ValueError("the file names no quantisation table; make it again")
    return measure_history(decoded(np.frombuffer(data, np.uint8), steps))


def _measure(job: tuple[Original, int, int, int, HistorySettings, Tables]) -> list[Example]:
    cv2.setNumThreads(1)
    original, side_px, once, twice, settings, tables = job
    rng = random_of(original, side_px)
    found = [_once(original, side_px, settings, rng) for _ in range(once)]
    found += [_twice(original, kind, side_px, settings, rng) for kind in (ALIGNED, SHIFTED) for _ in range(twice)]
    return found + list(_by_camera(original, side_px, settings, tables, rng))


def _once(original: Original, side_px: int, settings: HistorySettings, rng: np.random.Generator) -> Example:
    quality = int(rng.choice(settings.second_qualities))
    data = compressed(fresh(original, side_px, rng), quality, subsampled=rng.random() < 0.5)
    return Example(original.source, original.path.name, ONCE, side_px, STANDARD, 0, quality, (0, 0), reading_of(data))


def _twice(original: Original, kind: str, side_px: int, settings: HistorySettings, rng: np.random.Generator) -> Example:
    first, second = int(rng.choice(settings.first_qualities)), int(rng.choice(settings.second_qualities))
    earlier = compressed(fresh(original, side_px + _MARGIN_PX, rng), first, subsampled=rng.random() < 0.5)
    picture, corner = _cut(opened(earlier), kind, side_px, rng)
    data = compressed(picture, second, subsampled=rng.random() < 0.5)
    return Example(
        original.source, original.path.name, kind, side_px, STANDARD, first, second, corner, reading_of(data)
    )


def _by_camera(
    original: Original, side_px: int, settings: HistorySettings, tables: Tables, rng: np.random.Generator
) -> Iterator[Example]:
    """One of each kind whose only or first tables are those of a camera."""
    if not tables:
        return
    for kind in (ONCE, ALIGNED, SHIFTED):
        second = int(rng.choice(settings.second_qualities))
        stored = stored_by(fresh(original, side_px + _MARGIN_PX, rng), tables[int(rng.integers(len(tables)))])
        corner, reading = (0, 0), measure_history(stored)
        if kind != ONCE:
            grey = np.repeat(stored.plane[..., None], 3, axis=2)
            picture, corner = _cut(grey, kind, side_px, rng)
            reading = reading_of(compressed(picture, second, subsampled=True))
        yield Example(original.source, original.path.name, kind, side_px, CAMERA, 0, second, corner, reading)


def _cut(picture: Picture, kind: str, side_px: int, rng: np.random.Generator) -> tuple[Picture, tuple[int, int]]:
    left, top = (0, 0) if kind == ALIGNED else divmod(int(rng.integers(1, _MARGIN_PX**2)), _MARGIN_PX)
    part = np.ascontiguousarray(picture[top : top + side_px, left : left + side_px])
    return part, (-left % _MARGIN_PX, -top % _MARGIN_PX)

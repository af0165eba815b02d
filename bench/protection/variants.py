"""What the budget on variants lets through: of one picture sent in many variants, and of as many different pictures.

Run: python -m bench.protection.variants --data ../shared/data
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gateway.door.counters import open_counters
from gateway.probing.patterns import MANY_ALIKE
from gateway.probing.resemblance import BandedDuplicates, open_near_duplicates
from kit.errors import TooManyNearDuplicates
from kit.media.likeness import likeness

BUDGET, PER_HOUR = "60/hour", 60
DIFFERENT = 2000
VARIANTS = 400
PICTURES = 20

Picture = np.ndarray[Any, np.dtype[np.uint8]]
Change = Callable[[Picture, np.random.Generator], Picture]


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.protection.variants", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with faces/ and scenes/")
    cv2.setNumThreads(1)
    for line in table(parser.parse_args(arguments).data):
        print(line, flush=True)


def table(data: Path) -> Iterator[str]:
    """Lines of text."""
    paths = _different(data)
    hashes = [_hash(_read(path)) for path in paths]
    start_s = time.perf_counter()
    taken, alike = asyncio.run(_send(hashes[:DIFFERENT]))
    took_ms = (time.perf_counter() - start_s) / DIFFERENT * 1000
    yield f"{DIFFERENT} different pictures in an hour: {DIFFERENT - taken} refused; highest count {max(alike)} of {PER_HOUR}"
    yield f"  like at least {MANY_ALIKE} others: {sum(count >= MANY_ALIKE for count in alike)}; {took_ms:.2f} ms a picture"
    every_taken, every_alike = asyncio.run(_send(hashes))
    yield f"  all {len(hashes)}: {len(hashes) - every_taken} refused; highest count {max(every_alike)}"
    yield f"variants of one picture, {VARIANTS} each of {PICTURES} pictures, budget {BUDGET}: mean and most that were let through"
    for name, change in CHANGES.items():
        let = [
            asyncio.run(_send(list(_variants(picture, change, seed))))[0]
            for seed, picture in enumerate(map(_read, paths[:PICTURES]))
        ]
        yield f"  {name:28s} {np.mean(let):6.1f} {max(let):5d}"


def _different(data: Path) -> Sequence[Path]:
    """Pictures of different people and scenes: one of each group, in an order of chance."""
    faces, chosen = data / "faces", {}
    with (faces / "manifest.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            chosen.setdefault((row["kind"], row["group"] or row["file"]), faces / row["file"])
    paths = [*chosen.values(), *sorted((data / "scenes" / "real").iterdir())]
    there = [path for path in paths if path.exists()]
    return [there[index] for index in np.random.default_rng(0).permutation(len(there))]


async def _send(hashes: Sequence[int | None]) -> tuple[int, list[int]]:
    """How many were taken, and what each that was taken was like."""
    counted, alike = open_near_duplicates(open_counters("async+memory://"), BUDGET, b"\0" * 32), list[int]()
    for number, own in enumerate(hashes):
        count = await _counted(counted, number, own)
        alike += [] if count is None else [count]
    return len(alike), alike


async def _counted(counted: BandedDuplicates, number: int, own: int | None) -> int | None:
    try:
        return (await counted.count("token", str(number), own)).alike
    except TooManyNearDuplicates:
        return None


def _read(path: Path) -> Picture:
    picture = cv2.imread(str(path))
    assert picture is not None, f"{path} cannot be read"
    return np.asarray(picture, np.uint8)


def _hash(picture: Picture) -> int | None:
    return likeness(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))


def _variants(picture: Picture, change: Change, seed: int) -> Iterator[int | None]:
    chance = np.random.default_rng(seed)
    return (_hash(change(picture, chance)) for _ in range(VARIANTS))


def _jpeg(picture: Picture, chance: np.random.Generator) -> Picture:
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(50, 96))])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _resized(picture: Picture, chance: np.random.Generator) -> Picture:
    factor = chance.uniform(0.5, 1.5)
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=kind), np.uint8)


def _cropped(share: float) -> Change:
    """Cut at the edges, by `share` of the side on average."""

    def change(picture: Picture, chance: np.random.Generator) -> Picture:
        height, width = picture.shape[:2]
        top, left, bottom, right = chance.dirichlet(np.ones(4)) * 2 * share
        return picture[
            int(top * height) : height - int(bottom * height), int(left * width) : width - int(right * width)
        ]

    return change


def _noisy(picture: Picture, chance: np.random.Generator) -> Picture:
    return np.clip(picture + chance.normal(0, chance.uniform(2, 10), picture.shape), 0, 255).astype(np.uint8)


def _signs(picture: Picture, chance: np.random.Generator) -> Picture:
    """What attacks by gradient send: every value 4 of 255 up or down."""
    return np.clip(picture.astype(int) + chance.choice([-4, 4], picture.shape), 0, 255).astype(np.uint8)


def _brighter(picture: Picture, chance: np.random.Generator) -> Picture:
    return np.clip(picture * chance.uniform(0.8, 1.2) + chance.uniform(-15, 15), 0, 255).astype(np.uint8)


def _patched(picture: Picture, chance: np.random.Generator) -> Picture:
    """A square of one colour, 8% of the shorter side."""
    changed, side = picture.copy(), max(2, int(0.08 * min(picture.shape[:2])))
    top, left = (int(chance.integers(0, length - side)) for length in picture.shape[:2])
    changed[top : top + side, left : left + side] = chance.integers(0, 256, 3)
    return changed


def _one_pixel(picture: Picture, chance: np.random.Generator) -> Picture:
    changed = picture.copy()
    changed[tuple(int(chance.integers(length)) for length in picture.shape[:2])] = chance.integers(0, 256, 3)
    return changed


def _any(picture: Picture, chance: np.random.Generator) -> Picture:
    changes = list(_SINGLE.values())
    return changes[int(chance.integers(len(changes)))](picture, chance)


def _crop_and_noise(picture: Picture, chance: np.random.Generator) -> Picture:
    return _noisy(_cropped(0.02)(picture, chance), chance)


_SINGLE: Mapping[str, Change] = {
    "JPEG, quality 50 to 95": _jpeg,
    "resized, 0.5 to 1.5": _resized,
    "cropped by 2%": _cropped(0.02),
    "cropped by 5%": _cropped(0.05),
    "noise, 2 to 10 of 255": _noisy,
    "every value by 4 of 255": _signs,
    "brightness and contrast": _brighter,
    "a patch of 8%": _patched,
    "one pixel": _one_pixel,
}
CHANGES: Mapping[str, Change] = {**_SINGLE, "any of these": _any, "cropped by 2%, then noise": _crop_and_noise}


if __name__ == "__main__":
    main()

"""Builds the clip sets of a data folder, two processes at a time, and keeps them in a cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from tqdm import tqdm

from colab_training.video.clip_set import ClipSet, Found, gathered, joined, read_clips_file, write_clips
from colab_training.video.manifest import Clip, clips_manifest_sha256, read_clips_manifest
from colab_training.video.sources import Reader, footage_of, made_clips, recorded_clips
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.media.video import PRELOAD
from kit.models.registry import Registry
from kit.vision.yolo import open_finder

_PROCESSES = 2
_VERSION = 1
"""Of what is cached; higher when clips come out differently."""


@dataclass(frozen=True)
class Recipe:
    """How many files are made of each real one."""

    fakes: int
    originals: int
    seed: int


@dataclass(frozen=True)
class Order:
    """One process's work on one file: `donor` is None where the file is only read."""

    folder: Path
    models: Path
    clip: Clip
    donor: Clip | None
    recipe: Recipe


def recorded(data: Path, models: Path, cache: Path) -> ClipSet:
    """The clips of all files of the manifest as they are. Files without a face that stays in view are left out."""
    folder = data / "av"
    nothing = Recipe(0, 0, 0)
    orders = [Order(folder, models, clip, None, nothing) for clip in read_clips_manifest(folder)]
    return _cached(orders, cache, "recorded")


def made(data: Path, models: Path, cache: Path, recipe: Recipe, split: str = "train") -> ClipSet:
    """Re-encodings and fakes of the real files of a split; the donor of each is a file of another source of the same split."""
    folder = data / "av"
    real = [clip for clip in read_clips_manifest(folder) if not clip.fake and clip.split == split]
    orders = [Order(folder, models, clip, donor_of(clip, real, recipe.seed), recipe) for clip in real]
    return _cached(orders, cache, "made")


def donor_of(clip: Clip, real: Sequence[Clip], seed: int) -> Clip:
    """Whose face a swap takes: by the names alone, so that it does not change when files are added elsewhere."""
    others = [other for other in real if other.source != clip.source] or [other for other in real if other != clip]
    return min(others, key=lambda other: hashlib.sha256(f"{seed}/{clip.file}/{other.file}".encode()).digest())


def _cached(orders: Sequence[Order], cache: Path, name: str) -> ClipSet:
    if not orders:
        raise ValueError("the manifest has no clip to build from; check av/manifest.csv")
    path = cache / f"{name}-{cache_key(orders)}.npz"
    if not path.is_file():
        write_clips(joined(_built(orders, name)), path)
    return read_clips_file(path)


def cache_key(orders: Sequence[Order]) -> str:
    """Of what one or more orders make: other files, labels, donors, recipes or another face finder give another key."""
    wanted = [(asdict(order.clip), order.donor and order.donor.file, asdict(order.recipe)) for order in orders]
    finder = Registry(orders[0].models).load("face_finder").card_sha256
    text = json.dumps([_VERSION, clips_manifest_sha256(orders[0].folder), finder, wanted])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _built(orders: Sequence[Order], name: str) -> list[ClipSet]:
    with ProcessPoolExecutor(_PROCESSES) as pool:
        results: Iterable[ClipSet | None] = tqdm(pool.map(_work, orders, chunksize=4), total=len(orders), desc=name)
        return [found for found in results if found is not None]


def _work(order: Order) -> ClipSet | None:
    reader = _reader(order.folder, order.models)
    found = recorded_clips(reader, order.clip) if order.donor is None else _made(reader, order, order.donor)
    return gathered(found) if found else None


@lru_cache(maxsize=1)
def _reader(folder: Path, models: Path) -> Reader:
    """One per process, for as long as it lives: starting a sandbox takes longer than reading a clip."""
    finder = open_finder(Registry(models).load("face_finder"), 1)
    return Reader(folder, Sandbox.start(SandboxSettings(max_children=1), PRELOAD), finder)


def _made(reader: Reader, order: Order, donor: Clip) -> list[Found]:
    own, other = footage_of(reader, order.clip), footage_of(reader, donor)
    if own is None or other is None:
        return []
    recipe = order.recipe
    return list(made_clips(reader, order.clip, own, other, recipe.fakes, recipe.originals, recipe.seed))

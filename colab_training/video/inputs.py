"""What tests learn from clips, computed once: it is the same in every epoch and every fold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from colab_training.video.augment import degraded
from colab_training.video.clip_set import ClipSet
from colab_training.video.settings import VideoSettings
from kit.vision.clips import FaceClip
from temporal_svc import features

_PROCESSES = 2


@dataclass(frozen=True)
class Input:
    """What a test computes of a clip, and how it is kept."""

    of: Callable[[FaceClip], NDArray[np.float32]]
    dtype: type[np.floating]
    varied: bool
    """Whether augmented copies are worth their time: networks learn from them."""


INPUTS: Mapping[str, Input] = {
    "face_motion": Input(features.motion_maps, np.float16, True),
    "face_drift": Input(features.motion_series, np.float32, True),
    "flow_consistency": Input(features.flow_features, np.float32, False),
    "blending_flicker": Input(features.flicker_features, np.float32, False),
}


def with_inputs(clips: ClipSet, settings: VideoSettings, cache: Path) -> ClipSet:
    """The clips with `inputs` (N, 1 + variants, …): first as they are, then augmented at random. Kept in `cache`."""
    variants = settings.variants if INPUTS[settings.name].varied else 0
    path = cache / f"{settings.name}-{_key(clips, settings, variants)}.npy"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        half_written = path.with_suffix(".part.npy")
        np.save(half_written, _computed(clips, settings, variants))
        half_written.replace(path)
    return replace(clips, inputs=np.load(path))


def _computed(clips: ClipSet, settings: VideoSettings, variants: int) -> NDArray[np.floating]:
    orders = ((clips.clip(index), index, variant) for index in range(len(clips)) for variant in range(1 + variants))
    work = partial(_input_of, settings.name, settings.seed)
    with ProcessPoolExecutor(_PROCESSES) as pool:
        total = len(clips) * (1 + variants)
        rows = list(tqdm(pool.map(work, orders, chunksize=16), total=total, desc=settings.name, mininterval=10))
    return np.stack(rows).reshape(len(clips), 1 + variants, *rows[0].shape)


def _input_of(name: str, seed: int, order: tuple[FaceClip, int, int]) -> NDArray[np.floating]:
    clip, position, variant = order
    if variant:
        clip = replace(clip, pixels=degraded(np.random.default_rng((seed, position, variant)), clip.pixels))
    return INPUTS[name].of(clip).astype(INPUTS[name].dtype)


def _key(clips: ClipSet, settings: VideoSettings, variants: int) -> str:
    code = hashlib.sha256(Path(features.__file__).read_bytes()).hexdigest()
    tags = [(tag.file, tag.variant, tag.start_s) for tag in clips.tags]
    return hashlib.sha256(json.dumps([code, settings.seed, variants, tags]).encode()).hexdigest()[:16]

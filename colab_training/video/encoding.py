"""What the face test's convolutions see of clips, computed once: it is the same in every epoch and every fold."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from colab_training.video.augment import augmented
from colab_training.video.clip_set import ClipSet
from colab_training.video.networks import Encoder, open_encoder
from colab_training.video.settings import VideoSettings
from kit.convert.clips import to_clip_tensor

_PROCESSES = 2
WHOLE = {"face_motion": False, "face_drift": True}
"""Whether a network looks at the end of the face test's convolutions, or at their middle."""


@dataclass(frozen=True, eq=False)
class _Task:
    clips: ClipSet
    settings: VideoSettings
    encoder: Encoder


def encoded_clips(clips: ClipSet, settings: VideoSettings, checkpoint: Path) -> ClipSet:
    """The clips with features (N, 1 + variants, T, …) float16: first as they are, then augmented at random."""
    task = _Task(clips, settings, open_encoder(checkpoint, WHOLE[settings.name]))
    torch.set_num_threads(1)  # a fork of a process whose threads have started would hang
    global _task
    _task = task
    with multiprocessing.get_context("fork").Pool(_PROCESSES) as pool:
        rows = list(
            tqdm(pool.imap(_encode, range(len(clips)), chunksize=8), total=len(clips), desc="encoding", mininterval=10)
        )
    return replace(clips, features=np.stack(rows))


_task: _Task | None = None
"""What the forked processes work on: too large to be sent to them."""


def _encode(position: int) -> NDArray[np.float16]:
    if _task is None:
        raise RuntimeError("nothing to encode was set before the fork")
    return np.stack([_look(_task, position, variant) for variant in range(1 + _task.settings.variants)])


@torch.inference_mode()
def _look(task: _Task, position: int, variant: int) -> NDArray[np.float16]:
    tensor = to_clip_tensor(task.clips.clip(position), task.settings.preprocessing())
    if variant:
        entry = task.settings.input
        rng = np.random.default_rng((task.settings.seed, position, variant))
        pictures = augmented(rng, task.clips.pixels[position], entry.face_scale, entry.side_px)
        tensor = (pictures.astype(np.float32).transpose(3, 0, 1, 2) / 255 - 0.5) / 0.5
    return task.encoder(torch.from_numpy(np.ascontiguousarray(tensor.transpose(1, 0, 2, 3)))).numpy().astype(np.float16)

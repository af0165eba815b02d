"""Clips in which lips and sound are made of the same noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from av_sync_svc.lips import LIP_VALUES, MAX_SHIFT, SPECTRA_PER_LOOK, SPECTRUM
from colab_training.lip_sync.settings import LearningSettings, LipSyncSettings, NetworkSettings
from colab_training.lip_sync.talks import Talk
from colab_training.video.manifest import Clip

CONFIG = Path(__file__).parents[4] / "colab_training/configs/lip_sync.toml"


def settings(**changes: object) -> LipSyncSettings:
    """A run of a minute's fraction over sources "one" and "two"."""
    return LipSyncSettings(
        name="lip_sync",
        version="1.0.0",
        seed=1,
        min_face_px=64,
        window_s=5.0,
        hop_s=2.5,
        min_s=1.0,
        late_looks={"one": 0.0, "two": 0.0},
        folds=[["one"], ["two"]],
        network=NetworkSettings(components=4, channels=16, dimensions=8, dropout=0.0),
        learning=LearningSettings(steps=60, clips_per_step=8, looks=[28], learning_rate=0.01, weight_decay=0.0),
    ).model_copy(update=changes)


def a_talk(
    number: int, *, source: str = "one", looks: int = 75, late: int = 0, split: str = "train", fake: bool = False
) -> Talk:
    """Lips that move along four directions, each of which sounds in bands of its own, `late` looks after."""
    rng = np.random.default_rng(number)
    heard = looks + 2 * MAX_SHIFT
    acts = rng.normal(0, 1, (heard + 2 * MAX_SHIFT, 4)).repeat(SPECTRA_PER_LOOK, axis=0)
    kernel = np.hanning(2 * SPECTRA_PER_LOOK + 3)[1:-1]
    smooth = np.stack([np.convolve(act, kernel / kernel.sum(), "same") for act in acts.T], axis=1)
    directions = np.random.default_rng(99).normal(0, 0.05, (4, LIP_VALUES))
    bands = np.kron(np.eye(4), np.ones(SPECTRUM.bands // 4)) * 4
    first = SPECTRA_PER_LOOK * MAX_SHIFT
    lips = smooth[2 * first :: SPECTRA_PER_LOOK][:looks] @ directions
    sound = smooth[first - SPECTRA_PER_LOOK * late :][: SPECTRA_PER_LOOK * heard] @ bands
    clip = Clip(f"{source}/{number}.mp4", fake, "lab_talk", source, split)
    known = np.ones(heard, np.bool_)
    return Talk(clip, lips.astype(np.float32), sound.astype(np.float32), known, 200.0)


def talks(count: int = 8) -> list[Talk]:
    """Some of each source, the last of each in split val."""
    return [
        a_talk(number + 100 * (source == "two"), source=source, split="val" if number == count - 1 else "train")
        for source in ("one", "two")
        for number in range(count)
    ]

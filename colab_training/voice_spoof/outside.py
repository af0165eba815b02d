"""What the outside of a recording alone tells: length, silence, level, bandwidth. A detector must be held against that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from colab_training.metrics import Estimate, Floats, auc, bootstrap
from colab_training.shortcuts import grouped_auc
from colab_training.speech_files import RATE_HZ, Sound, read_speech
from colab_training.voice_spoof.manifest import Utterance

FEATURES: Final = ("seconds", "quiet_share", "level", "peak", "bandwidth_hz", "low_edge_hz")
_FRAME: Final = 320


def outside_of(samples: Sound) -> Floats:
    """`FEATURES` (6,) of a recording (S,) at 16 kHz."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
    loudness = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    power = np.cumsum(np.abs(np.fft.rfft(samples)) ** 2)
    edges = np.searchsorted(power, [0.001 * power[-1], 0.999 * power[-1]]) * RATE_HZ / len(samples)
    quiet = np.mean(loudness < loudness.max() - 40)
    level = 10 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-12)
    return np.array([len(samples) / RATE_HZ, quiet, level, np.abs(samples).max(), edges[1], edges[0]], np.float64)


def outside_auc(folder: Path, utterances: Sequence[Utterance]) -> dict[str, Estimate]:
    """AUC of a random forest on these: "train" by folds that share no group, "val" after learning from train."""
    numbers = np.stack([outside_of(read_speech(folder / utterance.file)) for utterance in utterances])
    fake = np.array([utterance.fake for utterance in utterances])
    val = np.array([utterance.split == "val" for utterance in utterances])
    groups = [utterance.group for utterance, tested in zip(utterances, val, strict=True) if not tested]
    forest = RandomForestClassifier(300, min_samples_leaf=5, random_state=0).fit(numbers[~val], fake[~val])
    return {
        "train": grouped_auc(numbers[~val], fake[~val], groups),
        "val": bootstrap(auc, fake[val], forest.predict_proba(numbers[val])[:, 1]),
    }

"""Recordings and measured stretches for tests of the fit."""

from __future__ import annotations

import dataclasses

import numpy as np

from av_sync_svc.seams import FEATURE_NAMES, Moments
from colab_training.av_coherence.edits import JOINS, KINDS
from colab_training.av_coherence.fitting import Lessons
from colab_training.av_coherence.items import UNTOUCHED, Item
from colab_training.av_coherence.recordings import Recording
from colab_training.speech_files import RATE_HZ
from telltale.model.v1 import card_pb2

SEAM_S = 1.1
SOUND = card_pb2.SoundPreprocessing(sample_rate_hz=RATE_HZ, window_s=1.0, hop_s=0.5, min_s=1.5)


def a_recording(number: int = 0, *, seconds: float = 3.0, split: str = "train") -> Recording:
    """Noise that swells and fades; every tenth one of another source."""
    rng = np.random.default_rng([number, 9])
    swelling = 1 + np.sin(2 * np.pi * 3 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    samples = (0.05 * rng.standard_normal(len(swelling)) * swelling).astype(np.float32)
    source = "other" if number % 10 == 9 else "most"
    return Recording(f"speech/{number}.flac", source, f"speaker {number}", "CC0", split, samples)


def lessons() -> Lessons:
    """Of a hundred recordings; whole files that went no way and others."""
    made = [an_item(number, shift=6.0) for number in range(200)]
    return Lessons(made, [item for item in made if item.fake], [whole(item) for item in made if not item.fake])


def whole(item: Item) -> Item:
    """The same as a whole file, every fourth after Opus."""
    number = int(item.recording.file.removeprefix("speech/").removesuffix(".flac"))
    return dataclasses.replace(item, way="opus" if number % 4 == 3 else "none")


def an_item(number: int, *, shift: float = 2.0, split: str = "train") -> Item:
    """Fifty moments; the first feature of the one at the seam is `shift` higher. Every other stretch is edited."""
    rng = np.random.default_rng([number, 5])
    times_s = 0.5 + 0.02 * np.arange(50)
    features = rng.normal(0, 1, (50, len(FEATURE_NAMES))).astype(np.float32)
    edited = number % 2 == 1
    features[30, 0] += shift * edited
    seams_s = (SEAM_S,) if edited else ()
    kind, join = (KINDS[number // 2 % 6], JOINS[number // 2 % 3]) if edited else (UNTOUCHED, "")
    way = ("none", "damage", "opus")[number // 2 % 3]
    return Item(
        a_recording(number // 2, seconds=0.1, split=split),
        kind,
        join,
        way,
        seams_s,
        Moments(times_s, features),
        np.zeros(4),
    )

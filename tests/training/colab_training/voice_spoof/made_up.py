"""Voices, recordings and items that do not exist."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import soundfile

from colab_training.sound_damage import CODECS
from colab_training.speech_files import RATE_HZ, Sound
from colab_training.voice_spoof.items import AS_IS, Item, Items
from colab_training.voice_spoof.manifest import Utterance
from colab_training.voice_spoof.settings import (
    KernelSettings,
    MakingSettings,
    TreeSettings,
    VoiceSettings,
    WeightSettings,
    WindowSettings,
)

COUNT = 513
"""Measures of a window."""


def a_voice(seconds: float = 2.0, seed: int = 0) -> Sound:
    """A gliding, unsteady buzz of many overtones with breath and pauses, float32 (S,) at 16 kHz."""
    rng = np.random.default_rng(seed)
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    unsteady = np.cumsum(rng.normal(0, 0.03, len(times_s)))
    pitch_hz = 120 + 10 * (seed % 7) + 25 * np.sin(2 * np.pi * 0.7 * times_s) + unsteady
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    overtones = [np.sin(order * phase + rng.uniform(0, 2 * np.pi)) / order for order in range(1, 30)]
    loudness = np.clip(np.sin(2 * np.pi * 1.7 * times_s), 0, 1) + 0.01
    breath = 0.05 * rng.standard_normal(len(times_s))
    return (0.1 * (np.sum(overtones, axis=0) + breath) * loudness).astype(np.float32)


def an_utterance(
    name: str = "a",
    *,
    system: str = "",
    source: str = "campaign",
    speaker: str = "",
    split: str = "train",
) -> Utterance:
    """A line of the manifest; what has a system is fake."""
    kind = "fake" if system else "real"
    return Utterance(f"{kind}/{name}.flac", bool(system), system, source, speaker, "CC0", split)


def an_item(utterance: Utterance, *, copy: str = AS_IS, damage: str = AS_IS) -> Item:
    """A version of a recording; copies are fake."""
    return Item(utterance, utterance.fake or bool(copy), copy, damage)


def with_numbers(items: Sequence[Item], *, count: int = COUNT, shift: float = 3.0) -> Items:
    """Noise; the first ten numbers are higher by `shift` in fakes."""
    numbers = np.random.default_rng(5).normal(0, 1, (len(items), count)).astype(np.float32)
    numbers[:, :10] += shift * np.array([[item.fake] for item in items])
    return Items(tuple(items), numbers)


def utterances() -> list[Utterance]:
    """Of train 48 real and 40 fake ones, of val 10 and 10; speakers and systems without a campaign are each a group."""
    return [
        *(an_utterance(f"one{number}") for number in range(24)),
        *(
            an_utterance(f"many{number}", source="librispeech_resemblyzer", speaker=f"libri_{number}")
            for number in range(24)
        ),
        *(an_utterance(f"off{n}", system=f"system {n % 10}", source="gen_offline") for n in range(40)),
        *(an_utterance(f"val{number}", source="other", split="val") for number in range(10)),
        *(an_utterance(f"val{n}", system=f"new {n % 2}", source="other", split="val") for n in range(10)),
    ]


def versions(recordings: Sequence[Utterance]) -> Iterator[Item]:
    """As `items_of` makes them: damaged versions and copies of train, codecs of val."""
    for recording in recordings:
        yield an_item(recording)
        if recording.split == "val":
            yield from (an_item(recording, damage=codec) for codec in CODECS)
            continue
        yield an_item(recording, damage="random")
        if not recording.fake:
            yield an_item(recording, copy="world")


def settings(**changes: object) -> VoiceSettings:
    """The smallest run."""
    whole = VoiceSettings(
        name="voice_spoof",
        version="0.0.0",
        seed=1,
        folds=2,
        windows=WindowSettings(window_s=3.0, hop_s=1.5, min_s=1.0, level_dbfs=-26.0),
        making=MakingSettings(copies=("world",), damaged=1, damaged_copies=0),
        weights=WeightSettings(copy_weight=0.2, damaged_weight=0.5),
        trees=TreeSettings(trees=4, forests=2, learning_rate=0.3, leaves=4, shrinkage=1.0, columns=0.5, share=0.5),
        kernels=KernelSettings(softness=1.0, sharpness=0.3),
    )
    return whole.model_copy(update=changes)


def a_data_folder(root: Path, recordings: Sequence[Utterance], seconds: float = 1.0) -> Path:
    """`speech/` with a manifest and a voice for every recording; answers `root`."""
    folder = root / "speech"
    for kind in ("real", "fake"):
        (folder / kind).mkdir(parents=True)
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["file", "label", "system", "source", "speaker", "licence", "split", "seconds"])
        for own in map(asdict, recordings):
            label = "fake" if own["fake"] else "real"
            lines.writerow([own["file"], label, own["system"], own["source"], own["speaker"], "CC0", own["split"], 1])
    for seed, recording in enumerate(recordings):
        soundfile.write(folder / recording.file, a_voice(seconds, seed), RATE_HZ, subtype="PCM_16")
    return root

"""What is learned from and what is judged: recordings, copies of them, damaged versions of both; each as its measures.

Measuring takes minutes, fitting seconds; so the measures are kept in a cache, under a key of all that they depend on.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from colab_training.manifest import manifest_sha256
from colab_training.sound_damage import CODECS, damage
from colab_training.speech_files import RATE_HZ, Sound, read_speech
from colab_training.voice_spoof import measures, vocoders
from colab_training.voice_spoof.manifest import Utterance, read_speech_manifest
from colab_training.voice_spoof.measures import VoiceMeasures
from colab_training.voice_spoof.settings import MakingSettings, VoiceSettings
from kit.sound.windows import levelled

Numbers = NDArray[np.float32]

AS_IS = ""
_PROCESSES = 2


@dataclass(frozen=True)
class Item:
    """One stretch of sound that is learned from or judged."""

    utterance: Utterance
    """The recording behind it; the label is the item's own."""
    fake: bool
    copy: str
    """The vocoder that copied the recording; empty: none did."""
    damage: str
    """"random", the name of a codec, or empty: none."""

    @property
    def maker(self) -> str:
        """What is evened out: the vocoder of a copy, else the recording's maker."""
        return self.copy or self.utterance.maker


@dataclass(frozen=True, eq=False)
class Items:
    """Items and their measures (N, F)."""

    items: tuple[Item, ...]
    numbers: Numbers

    def part(self, chosen: NDArray[np.bool_]) -> Items:
        """Those that are chosen, (N,)."""
        return Items(tuple(item for item, taken in zip(self.items, chosen, strict=True) if taken), self.numbers[chosen])

    @property
    def fake(self) -> NDArray[np.bool_]:
        """Labels (N,)."""
        return np.array([item.fake for item in self.items], bool)


def items_of(settings: VoiceSettings, data: Path, cache: Path) -> Items:
    """Every recording of `data/speech`: as it is; those of train with their copies and damages, those of val under each codec."""
    folder = data / "speech"
    kept = cache / f"voice-{_key(settings, folder)}.npz"
    utterances = read_speech_manifest(folder)
    if kept.is_file():
        with np.load(kept) as archive:
            listed = json.loads(str(archive["items"]))
            items = tuple(Item(utterances[at], fake, copy, harm) for at, fake, copy, harm in listed)
            return Items(items, archive["numbers"])
    made = _measured(settings, folder, utterances)
    cache.mkdir(parents=True, exist_ok=True)
    places = {utterance.file: at for at, utterance in enumerate(utterances)}
    listed = [(places[item.utterance.file], item.fake, item.copy, item.damage) for item in made.items]
    half_written = kept.with_suffix(".part.npz")
    np.savez(half_written, items=json.dumps(listed), numbers=made.numbers)
    half_written.replace(kept)
    return made


def measured(sounds: Sequence[Sound], settings: VoiceSettings) -> Numbers:
    """Measures (N, F) of sounds of any lengths, each levelled and no longer than a window."""
    torch.set_num_threads(1)
    network = VoiceMeasures().eval()
    longest = round(settings.windows.window_s * RATE_HZ)
    with torch.inference_mode():
        told = [
            network(torch.from_numpy(levelled(sound[:longest], settings.windows.level_dbfs))[None])[0]
            for sound in sounds
        ]
    return torch.stack(told).numpy()


def _measured(settings: VoiceSettings, folder: Path, utterances: Sequence[Utterance]) -> Items:
    orders = [(folder, utterance, settings, at) for at, utterance in enumerate(utterances)]
    with ProcessPoolExecutor(_PROCESSES, initializer=os.nice, initargs=(5,)) as workers:
        parts = list(tqdm(workers.map(_of_one, orders, chunksize=8), total=len(orders), mininterval=20))
    return Items(tuple(item for part in parts for item in part.items), np.concatenate([part.numbers for part in parts]))


def _of_one(order: tuple[Path, Utterance, VoiceSettings, int]) -> Items:
    folder, utterance, settings, at = order
    rng = np.random.default_rng([settings.seed, at])
    own = Item(utterance, utterance.fake, AS_IS, AS_IS)
    pairs = [(own, read_speech(folder / utterance.file))]
    if utterance.split == "train":
        pairs += _taught(pairs[0], settings.making, settings.windows.min_s, rng)
    else:
        pairs += [(replace(own, damage=name), codec(pairs[0][1], RATE_HZ, rng)) for name, codec in CODECS.items()]
    return Items(tuple(item for item, _ in pairs), measured([sound for _, sound in pairs], settings))


def _taught(
    own: tuple[Item, Sound], making: MakingSettings, least_s: float, rng: np.random.Generator
) -> Iterable[tuple[Item, Sound]]:
    item, sound = own
    for _ in range(making.damaged):
        yield replace(item, damage="random"), _shortened(damage(sound, RATE_HZ, rng), least_s, rng)
    for vocoder in () if item.fake else making.copies:
        copy = replace(item, fake=True, copy=vocoder)
        made = vocoders.copied(sound, vocoder, rng)
        yield copy, made
        for _ in range(making.damaged_copies):
            yield replace(copy, damage="random"), _shortened(damage(made, RATE_HZ, rng), least_s, rng)


def _shortened(sound: Sound, least_s: float, rng: np.random.Generator) -> Sound:
    """Half of them cut, since windows at the end of speech are shorter than others."""
    least = min(len(sound), round(least_s * RATE_HZ))
    length = int(rng.integers(least, len(sound) + 1)) if rng.random() < 0.5 else len(sound)
    start = int(rng.integers(0, len(sound) - length + 1))
    return sound[start : start + length]


def _key(settings: VoiceSettings, folder: Path) -> str:
    told = {
        "making": settings.making.model_dump(),
        "windows": settings.windows.model_dump(),
        "seed": settings.seed,
        "manifest": manifest_sha256(folder),
        "code": [Path(str(module.__file__)).read_text(encoding="utf-8") for module in (measures, vocoders)],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

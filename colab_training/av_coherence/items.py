"""Labelled stretches of sound: recordings as they were and edited ones, both on the same way to the listener."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from av_sync_svc.seams import Moments, measure_moments
from colab_training.av_coherence.edits import JOINS, KINDS, Edited, edited, room_for, untouched, with_silence
from colab_training.av_coherence.recordings import Recording
from colab_training.av_coherence.settings import MakingSettings
from colab_training.sound_damage import CODECS, damage
from colab_training.speech_files import RATE_HZ, Sound

UNTOUCHED: Final = "untouched"
WAYS: Final = ("none", "damage", *CODECS)
"""What happens to both classes after the edit: nothing, a random way, or one codec."""
_LENGTHS_S: Final = (1.8, 2.6)
_SILENCED: Final = 0.3


@dataclass(frozen=True, eq=False)
class Item:
    """One stretch, measured."""

    recording: Recording
    kind: str
    """UNTOUCHED or one of edits.KINDS."""
    join: str
    """One of edits.JOINS; empty when untouched."""
    way: str
    """One of WAYS."""
    seams_s: tuple[float, ...]
    moments: Moments
    outside: NDArray[np.float64]
    """(4,) what length, level, silence and bandwidth alone tell."""

    @property
    def fake(self) -> bool:
        """Whether it was edited."""
        return self.kind != UNTOUCHED


def items_of(recordings: Sequence[Recording], making: MakingSettings, seed: int) -> list[Item]:
    """Untouched and edited stretches of each recording that is long enough.

    Everything is decided by the seed, the file's name and the number of the stretch; donors come from the same list.
    """
    hosts = [recording for recording in recordings if len(recording.samples) >= _least_host()]
    return [item for host in tqdm(hosts, "measuring", mininterval=20) for item in _items(host, hosts, making, seed)]


def whole_files(recordings: Sequence[Recording], ways: Sequence[str], seed: int) -> list[Item]:
    """Each recording from beginning to end, once for each way; those too short to have moments are left out."""
    made = [_whole(own, way, seed) for own in tqdm(recordings, "whole files", mininterval=20) for way in ways]
    return [item for item in made if len(item.moments.times_s)]


def outside_of(samples: Sound) -> NDArray[np.float64]:
    """(4,) seconds, level in dB, share of 10 ms steps 40 dB below the loudest one, Hz below which 99% of the power lies."""
    block = RATE_HZ // 100
    power = (samples[: len(samples) // block * block].reshape(-1, block).astype(np.float64) ** 2).mean(axis=1)
    spectrum = np.cumsum(np.abs(np.fft.rfft(samples)) ** 2)
    high = np.searchsorted(spectrum, 0.99 * spectrum[-1]) / len(spectrum) * RATE_HZ / 2
    level = 10 * np.log10(power.mean() + 1e-12)
    return np.array([len(samples) / RATE_HZ, level, (power < 1e-4 * power.max()).mean(), high])


def _items(host: Recording, others: Sequence[Recording], making: MakingSettings, seed: int) -> Iterator[Item]:
    for number in range(making.edits + making.originals):
        rng = np.random.default_rng([seed, zlib.crc32(host.file.encode()), number])
        kind = UNTOUCHED if number >= making.edits else KINDS[int(rng.integers(len(KINDS)))]
        item = _item(host, others, kind, making, rng)
        if len(item.moments.times_s):
            yield item


def _item(
    host: Recording, others: Sequence[Recording], kind: str, making: MakingSettings, rng: np.random.Generator
) -> Item:
    way, length = str(rng.choice(making.ways)), _length(host, rng)
    sound, donor = host.samples, _donor(host, others, kind, rng).samples
    if rng.random() < making.damaged_before:
        alone = donor is sound
        sound = damage(sound, RATE_HZ, rng)
        donor = sound if alone else damage(donor, RATE_HZ, rng)
    join = "" if kind == UNTOUCHED else str(rng.choice(JOINS))
    made = untouched(sound, length, rng) if kind == UNTOUCHED else edited(kind, join, sound, donor, length, rng)
    # Before noise and codecs: a pause where somebody falls silent, or a gate closes, is no seam.
    made = with_silence(made, rng) if rng.random() < _SILENCED else made
    heard = _on_its_way(made, way, rng)
    return Item(host, kind, join, way, made.seams_s, measure_moments(heard), outside_of(heard))


def _whole(recording: Recording, way: str, seed: int) -> Item:
    rng = np.random.default_rng([seed, zlib.crc32(recording.file.encode()), zlib.crc32(way.encode())])
    heard = _on_its_way(Edited(recording.samples, ()), way, rng)
    return Item(recording, UNTOUCHED, "", way, (), measure_moments(heard), outside_of(heard))


def _least_host() -> int:
    return round(_LENGTHS_S[0] * RATE_HZ) + max(room_for(kind) for kind in KINDS)


def _length(host: Recording, rng: np.random.Generator) -> int:
    """By the host alone, whether it is edited or not."""
    most = min(round(_LENGTHS_S[1] * RATE_HZ), len(host.samples) - max(room_for(kind) for kind in KINDS))
    return int(rng.integers(round(_LENGTHS_S[0] * RATE_HZ), most + 1))


def _donor(host: Recording, others: Sequence[Recording], kind: str, rng: np.random.Generator) -> Recording:
    if kind not in ("insertion_other", "replacement_other", "concatenation"):
        return host
    # Half of them from recordings made alike, where only the speaker changes.
    alike = [other for other in others if other.speaker != host.speaker and other.source == host.source]
    far = [other for other in others if other.speaker != host.speaker]
    pool = alike if alike and rng.random() < 0.5 else far
    return pool[int(rng.integers(len(pool)))] if pool else host


def _on_its_way(made: Edited, way: str, rng: np.random.Generator) -> Sound:
    if way == "none":
        return made.samples
    return damage(made.samples, RATE_HZ, rng) if way == "damage" else CODECS[way](made.samples, RATE_HZ, rng)

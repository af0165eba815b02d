"""Edits of recordings, as made by somebody who wants other words to be heard: what is cut, put in, and how it is joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from av_sync_svc.seams import MARGIN_S
from colab_training.speech_files import RATE_HZ, Sound

KINDS: Final = (
    "deletion",
    "insertion_same",
    "insertion_other",
    "replacement_same",
    "replacement_other",
    "concatenation",
)
"""`..._same`: words of the same recording; `..._other`: of another speaker."""
JOINS: Final = ("hard", "fade", "zero_crossing")

_MARGIN: Final = round(MARGIN_S * RATE_HZ)
_SPARE: Final = round(0.15 * RATE_HZ)  # what joins and pauses may use up
_SEARCH: Final = round(0.005 * RATE_HZ)


@dataclass(frozen=True, eq=False)
class Edited:
    """A recording, edited or not."""

    samples: Sound
    seams_s: tuple[float, ...]
    """Where it was joined; none: it is as it was."""


def untouched(host: Sound, length: int, rng: np.random.Generator) -> Edited:
    """A stretch of `length` samples from anywhere in a recording."""
    start = int(rng.integers(0, len(host) - length + 1))
    return Edited(host[start : start + length], ())


def edited(kind: str, join: str, host: Sound, donor: Sound, length: int, rng: np.random.Generator) -> Edited:
    """`length` samples with one or two seams, each MARGIN_S or more from the ends.

    Args:
        kind: one of KINDS; of `..._same` and `deletion` the donor is the host.
        join: one of JOINS.
        host, donor: recordings (S,) longer than `length` by at least `room_for(kind)`; a donor of an insertion may be shorter.
        length: samples of the answer, at least 1.6 s.
        rng: decides the places, and whether cuts are moved into pauses.
    """
    pause = bool(rng.random() < 0.5)
    *cut, last = _pieces(kind, host, donor, length, rng)
    sound, *more = (_in_pause(piece, pause) for piece in cut)
    seams = []
    for piece in (*more, last):
        sound, seam = _joined(sound, piece, join, rng)
        seams.append(seam / RATE_HZ)
    return Edited(sound[:length], tuple(seams))


def with_silence(made: Edited, rng: np.random.Generator) -> Edited:
    """0.4 to 1 s of digital silence before or behind, into which the sound fades within 20 to 80 ms."""
    silence = np.zeros(int(rng.uniform(0.4, 1.0) * RATE_HZ), np.float32)
    length = int(rng.uniform(0.02, 0.08) * RATE_HZ)
    faded, rise = made.samples.copy(), np.linspace(0, 1, length, dtype=np.float32)
    if rng.random() < 0.5:
        faded[-length:] *= rise[::-1]
        return Edited(np.concatenate([faded, silence]), made.seams_s)
    faded[:length] *= rise
    later_s = len(silence) / RATE_HZ
    return Edited(np.concatenate([silence, faded]), tuple(seam_s + later_s for seam_s in made.seams_s))


def room_for(kind: str) -> int:
    """Samples that a host must have beyond the length of the answer."""
    return _SPARE + round(0.2 * RATE_HZ) if kind == "deletion" else _SPARE


def _pieces(kind: str, host: Sound, donor: Sound, length: int, rng: np.random.Generator) -> Sequence[Sound]:
    spare = len(host) - length - _SPARE
    if kind == "deletion":
        gone = int(rng.integers(round(0.2 * RATE_HZ), min(RATE_HZ, spare) + 1))
        start, cut = int(rng.integers(0, spare - gone + 1)), _cut(length, 0, rng)
        return host[start : start + cut], host[start + cut + gone : start + gone + length + _SPARE]
    start = int(rng.integers(0, spare + 1))
    if kind == "concatenation":
        cut = _cut(length, 0, rng)
        other = int(rng.integers(0, max(1, len(donor) - (length - cut) - _SPARE)))
        return host[start : start + cut], donor[other : other + length - cut + _SPARE]
    words = int(rng.integers(round(0.25 * RATE_HZ), round(0.6 * RATE_HZ)))
    cut = _cut(length, words, rng)
    other = _elsewhere(len(donor) - words, start + cut if donor is host else None, rng)
    resumed = start + cut + (words if kind.startswith("replacement") else 0)
    return (
        host[start : start + cut],
        donor[other : other + words],
        host[resumed : resumed + length - cut - words + _SPARE],
    )


def _cut(length: int, words: int, rng: np.random.Generator) -> int:
    # Pauses may move a cut by half of the spare.
    margin = _MARGIN + _SPARE // 2
    return int(rng.integers(margin, length - margin - words))


def _elsewhere(last: int, avoid: int | None, rng: np.random.Generator) -> int:
    """A start in 0 … last that is 0.2 s or more from `avoid`."""
    starts = np.arange(0, last, 16)
    if avoid is not None:
        starts = starts[np.abs(starts - avoid) >= round(0.2 * RATE_HZ)]
    return int(rng.choice(starts))


def _in_pause(piece: Sound, wanted: bool) -> Sound:
    """The piece without up to 60 ms at its end, so that it ends where it is quietest."""
    if not wanted:
        return piece
    block = round(0.01 * RATE_HZ)
    last = piece[len(piece) - 6 * block :].reshape(6, block)
    return piece[: len(piece) - (5 - int(np.argmin((last**2).sum(axis=1)))) * block]


def _joined(left: Sound, right: Sound, join: str, rng: np.random.Generator) -> tuple[Sound, int]:
    """Both one after the other, and the sample at which they meet."""
    if join == "fade":
        length = int(rng.uniform(0.005, 0.02) * RATE_HZ)
        gain = np.linspace(0, 1, length, dtype=np.float32)
        both = left[-length:] * (1 - gain) + right[:length] * gain
        return np.concatenate([left[:-length], both, right[length:]]), len(left) - length // 2
    if join == "zero_crossing":
        left, right = left[: len(left) - _SEARCH + _rising(left[-_SEARCH:])], right[_rising(right[:_SEARCH]) :]
    return np.concatenate([left, right]), len(left)


def _rising(samples: Sound) -> int:
    """First sample after a rise through zero; where there is none, the sample nearest to zero."""
    rises = np.flatnonzero((samples[:-1] < 0) & (samples[1:] >= 0))
    return int(rises[0]) + 1 if len(rises) else int(np.argmin(np.abs(samples)))

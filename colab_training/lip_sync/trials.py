"""Lips held against sound that is theirs, is shifted, or is somebody else's, as services would hold them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from av_sync_svc.lips import MAX_SHIFT, NATURAL_SHIFT, agreement, best_shift, misfit
from colab_training.lip_sync.talks import Talk

Floats = NDArray[np.float32]

DONORS = 3
"""Other people's sound, per clip."""
LATE = (-15, -12, -10, -8, -6, 6, 8, 10, 12, 15)
"""Looks by which sound is shifted where it is to be told from sound that fits."""


@dataclass(frozen=True, eq=False)
class Embedded:
    """A clip as a network describes it."""

    talk: Talk
    lips: Floats
    """(T, D)"""
    sound: Floats
    """(T + 2 * MAX_SHIFT, D)"""

    @property
    def known(self) -> NDArray[np.bool_]:
        """(T + 2 * MAX_SHIFT,) whether there is sound."""
        return self.talk.known


@dataclass(frozen=True)
class Trial:
    """One comparison: `late` looks were added to the sound, None: it is somebody else's."""

    talk: Talk
    looks: int
    late: int | None
    found: float
    """The best offset, in looks."""
    misfit: float

    @property
    def wrong(self) -> bool:
        """Whether the sound does not belong to the lips."""
        return self.late is None or abs(self.late) > NATURAL_SHIFT


@torch.inference_mode()
def embedded(network: nn.Module, talk: Talk) -> Embedded:
    """What the network says of a clip."""
    lips, sound = network(torch.from_numpy(talk.lips)[None], torch.from_numpy(talk.sound)[None])
    return Embedded(talk, lips[0].numpy(), sound[0].numpy())


def shifted(pair: Embedded, looks: int, lates: Sequence[int]) -> Iterator[Trial]:
    """Windows of `looks` looks, each with its own sound made late by each of `lates`; an early one has a negative number."""
    for rows in _windows(pair.talk.looks, looks):
        for late in lates:
            sound, known = np.roll(pair.sound, late, axis=0), _moved(pair.known, late)
            yield from _trial(pair, rows, sound, known, late)


def swapped(pair: Embedded, others: Sequence[Embedded], looks: int) -> Iterator[Trial]:
    """Windows of `looks` looks, each with the sound of a few other clips of the same source that are long enough."""
    fitting = [other for other in others if other.talk is not pair.talk and other.talk.looks >= looks]
    for donor in sorted(fitting, key=lambda other: _order(pair.talk, other.talk))[:DONORS]:
        for rows in _windows(pair.talk.looks, looks):
            first = min(rows.start, donor.talk.looks - looks)
            heard = slice(first, first + looks + 2 * MAX_SHIFT)
            sound, known = np.zeros_like(pair.sound), np.zeros_like(pair.known)
            there = slice(rows.start, rows.stop + 2 * MAX_SHIFT)
            sound[there], known[there] = donor.sound[heard], donor.known[heard]
            yield from _trial(pair, rows, sound, known, None)


def _trial(pair: Embedded, rows: slice, sound: Floats, known: NDArray[np.bool_], late: int | None) -> Iterator[Trial]:
    around = slice(rows.start, rows.stop + 2 * MAX_SHIFT)
    agreements = agreement(pair.lips[rows], sound[around], known[around])
    looks = rows.stop - rows.start
    said = misfit(agreements, looks)
    if np.isfinite(said):
        yield Trial(pair.talk, looks, late, best_shift(agreements), said)


def _windows(available: int, looks: int) -> Iterator[slice]:
    """Windows of `looks` looks that overlap by half."""
    for first in range(0, available - looks + 1, max(1, looks // 2)):
        yield slice(first, first + looks)


def _moved(known: NDArray[np.bool_], late: int) -> NDArray[np.bool_]:
    moved = np.roll(known, late)
    moved[: max(0, late)] = False
    moved[len(moved) + min(0, late) :] = False
    return moved


def _order(talk: Talk, other: Talk) -> bytes:
    # By the names alone, so that donors do not change when files are added elsewhere.
    return hashlib.sha256(f"{talk.clip.file}/{other.clip.file}".encode()).digest()

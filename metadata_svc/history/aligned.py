"""Compressed before on the same grid of blocks: histograms of coefficients under each first quantisation step.

A coefficient that was quantised by one step and then by another takes some values too often and others hardly ever (Lukas and
Fridrich 2003). How often under which first step is computed from the distribution before any quantisation, which the same picture
shows off its grid, and compared as likelihoods (after Bianchi and Piva, "Image forgery localization via block-grained analysis of
JPEG artifacts", TIFS 2012).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from metadata_svc.history.luma import BLOCK_PX, LOW_FREQUENCIES, Luma, coefficients, square
from metadata_svc.reading.jpeg_tables import standard_luminance

QUALITIES: Final = tuple(range(40, 100))
"""First qualities that are tried, on the scale of the Independent JPEG Group."""
_REACH: Final = 1024
_ROUNDING: Final = 0.5
"""Standard deviation that rounding to whole pixel values leaves in a coefficient."""
_DOUBT: Final = 0.05
"""Share of blocks that no model explains: clipped, or changed between the compressions."""
_ODDS_FLOOR: Final = 1e-6
_OFF_GRID_PX: Final = 4

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Aligned:
    """What one picture says about a first compression on its own grid.

    Attributes:
        gains: (qualities,) mean log-likelihood ratio of a block for each of QUALITIES over a single compression, nats.
        free_gain: the same when each frequency may have any step, as tables that are not the standard's have.
        blocks: number of blocks.
    """

    gains: Doubles
    free_gain: float
    blocks: int

    @property
    def quality(self) -> int:
        """The likeliest first quality."""
        return QUALITIES[int(self.gains.argmax())]


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One frequency: how often each quantised size occurs, and how it is spread before quantisation."""

    step: int
    sizes: npt.NDArray[np.int64]
    """(rows, columns) of blocks: quantised coefficients without their signs."""
    cumulative: Doubles
    """(2 * reach + 1,) share of sizes below, by half units."""

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """How many blocks have each size."""
        return np.bincount(self.sizes.ravel(), minlength=_REACH // self.step + 1)

    @cached_property
    def once(self) -> Doubles:
        """Probability of each size after a single compression."""
        return self._between((np.arange(self.counts.size) + 0.5) * self.step) + _ODDS_FLOOR

    def log_ratios(self, first_step: int) -> Doubles:
        """For each size: log-likelihood ratio of a first compression with this step over none."""
        return np.asarray(np.log((1 - _DOUBT) * self._twice(first_step) / self.once + _DOUBT))

    def gain(self, first_step: int) -> float:
        """Sum of the log-likelihood ratios of all blocks."""
        return float(self.counts @ self.log_ratios(first_step))

    def _between(self, edges: npt.NDArray[np.floating]) -> Doubles:
        below = self.cumulative[np.minimum(np.rint(2 * edges), 2 * _REACH).astype(np.int64)]
        return np.asarray(np.diff(below, prepend=0.0))

    def _twice(self, first_step: int) -> Doubles:
        """Probability of each size when the coefficient was a multiple of `first_step` before, but for rounding."""
        middles = np.arange(_REACH // first_step + 1) * float(first_step)
        shares = self._between(middles + first_step / 2)
        nearest = np.rint(middles / self.step).astype(np.int64)
        above = 1 - _normal(((nearest + 0.5) * self.step - middles) / _ROUNDING)
        below = _normal(((nearest - 0.5) * self.step - middles) / _ROUNDING)
        room = self.counts.size + 2
        spread = np.bincount(nearest, shares * (1 - above - below), room) + np.bincount(
            nearest + 1, shares * above, room
        )
        spread += np.bincount(np.abs(nearest - 1), shares * below, room)
        return np.asarray(spread[: self.counts.size], np.float64)


def spectra(luma: Luma) -> list[Spectrum]:
    """One for each of LOW_FREQUENCIES."""
    own = coefficients(luma.plane)
    off = coefficients(luma.plane[_OFF_GRID_PX:, _OFF_GRID_PX:])
    return [_spectrum(own[u, :, :, v], off[u, :, :, v], int(luma.steps[u, v])) for u, v in LOW_FREQUENCIES]


def measure_aligned(found: list[Spectrum]) -> Aligned:
    """What the spectra of a picture of at least 16 by 16 pixels say."""
    blocks = found[0].sizes.size
    gains = [
        {step: spectrum.gain(step) / blocks for step in sorted({table[place] for table in first_tables()})}
        for spectrum, place in zip(found, LOW_FREQUENCIES, strict=True)
    ]
    by_quality = [
        sum(gain[int(table[place])] for gain, place in zip(gains, LOW_FREQUENCIES, strict=True))
        for table in first_tables()
    ]
    return Aligned(np.asarray(by_quality), float(sum(max(gain.values()) for gain in gains)), blocks)


def block_gains(found: list[Spectrum], quality: int) -> Doubles:
    """(rows, columns): log-likelihood ratio of each block alone for one first quality over a single compression, nats."""
    table = first_tables()[QUALITIES.index(quality)]
    ratios = [
        spectrum.log_ratios(int(table[place]))[spectrum.sizes]
        for spectrum, place in zip(found, LOW_FREQUENCIES, strict=True)
    ]
    return np.asarray(np.sum(ratios, axis=0))


@cache
def first_tables() -> tuple[npt.NDArray[np.int64], ...]:
    """The standard's luminance table, (8, 8), at each of QUALITIES."""
    return tuple(square(standard_luminance(quality)) for quality in QUALITIES)


def _spectrum(own: npt.NDArray[np.float32], off: npt.NDArray[np.float32], step: int) -> Spectrum:
    sizes = np.minimum(np.abs(np.rint(own / step)).astype(np.int64), _REACH // step)
    bins = np.minimum(np.abs(off).ravel() * 2, 2 * _REACH - 1).astype(np.int64)
    below: Doubles = np.concatenate([[0.0], np.cumsum(np.bincount(bins, minlength=2 * _REACH) + 1e-3)])
    edges = _edges()
    return Spectrum(step, sizes, np.interp(np.arange(2 * _REACH + 1), edges, below[edges] / below[-1]))


@cache
def _edges() -> npt.NDArray[np.int64]:
    """Half units between which sizes count as evenly spread: a histogram of few blocks is too rough to be believed finer."""
    wide: npt.NDArray[np.int64] = np.rint(BLOCK_PX * 1.15 ** np.arange(60)).astype(np.int64)
    return np.unique(np.concatenate([np.arange(BLOCK_PX), wide[wide < 2 * _REACH], [2 * _REACH]]))


def _normal(x: Doubles) -> Doubles:
    """The normal distribution function within 0.01."""
    return np.asarray(1 / (1 + np.exp(-np.clip(1.702 * x, -50, 50))))

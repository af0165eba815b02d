"""What the tests said of labelled media of one kind, as a table that every method learns from and is judged on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colab_training.metrics import Bools, Floats

Names = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Table:
    """N media, C tests."""

    cues: tuple[str, ...]
    ratios: Floats
    """quality * log-likelihood ratio, (N, C); NaN where a test had no opinion."""
    fake: Bools
    """(N,)"""
    sources: Names
    """Bodies of data, (N,)."""
    groups: Names
    """Media of one group never lie on both sides of a fold, (N,)."""

    def __len__(self) -> int:
        return len(self.fake)

    @property
    def heard(self) -> Floats:
        """The ratios with 0 where nothing was said, (N, C)."""
        return np.nan_to_num(self.ratios)

    @property
    def source_shares(self) -> Floats:
        """Importance (N,), mean 1: both classes alike, in a class each source by the square root of its size."""
        sizes = Counter(zip(self.sources, self.fake, strict=True))
        keys = zip(self.sources, self.fake, strict=True)
        shares = np.array([1 / np.sqrt(sizes[key]) for key in keys])
        for label in (True, False):
            shares[self.fake == label] /= shares[self.fake == label].mean()
        return shares

    @property
    def item_shares(self) -> Floats:
        """Importance (N,), mean 1: both classes alike, in a class each item."""
        sizes = np.where(self.fake, self.fake.sum(), (~self.fake).sum())
        return np.asarray(self.fake.size / (2 * sizes), np.float64)

    def part(self, index: NDArray[np.intp]) -> Table:
        """The media at these positions."""
        return Table(self.cues, self.ratios[index], self.fake[index], self.sources[index], self.groups[index])

    def of(self, cues: Sequence[str]) -> Table:
        """Only what these tests said."""
        places = [self.cues.index(cue) for cue in cues]
        return replace(self, cues=tuple(cues), ratios=self.ratios[:, places])

    def dropped(self, most: int, rng: np.random.Generator) -> Table:
        """Each of the media without up to `most` of its opinions, never without all: number and choice by chance."""
        ratios = self.ratios.copy()
        for row in ratios:
            spoke = np.flatnonzero(~np.isnan(row))
            count = min(int(rng.integers(0, most + 1)), max(0, spoke.size - 1))
            row[rng.choice(spoke, count, replace=False)] = np.nan
        return replace(self, ratios=ratios)


def joined(tables: Sequence[Table]) -> Table:
    """All media of tables with the same tests."""
    return Table(
        tables[0].cues,
        *(
            np.concatenate([getattr(table, name) for table in tables])
            for name in ("ratios", "fake", "sources", "groups")
        ),
    )

"""Opinions of two good tests, one of them often silent, and of one that guesses, on media of three sources."""

from __future__ import annotations

import numpy as np

from colab_training.ensemble.table import Table

CUES = ("best", "good", "guess")
SOURCES = ("large", "middle", "small")


def table(count: int = 300, seed: int = 0) -> Table:
    """Half of the media are fake; "good" is silent on a third."""
    rng = np.random.default_rng(seed)
    fake = np.arange(count) % 2 == 0
    sign = np.where(fake, 1.0, -1.0)
    ratios = np.column_stack([rng.normal(1.2 * sign, 1.2), rng.normal(0.7 * sign, 1.2), rng.normal(0, 1.0, count)])
    ratios[rng.random(count) < 1 / 3, 1] = np.nan
    sources = np.array([SOURCES[min(2, int(3 * rng.random() ** 2))] for _ in range(count)])
    return Table(CUES, ratios, fake, sources, np.array([str(n // 2) for n in range(count)]))

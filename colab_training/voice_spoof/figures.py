"""How good the judge is, in the words of the card: by source, by system, under each codec, and what it accuses wrongly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from colab_training.card_rows import metric_row
from colab_training.metrics import Estimate, Floats, auc, bootstrap, equal_error_rate, expected_calibration_error, rate
from colab_training.sound_damage import CODECS
from colab_training.voice_spoof.items import AS_IS, Items
from telltale.model.v1 import card_pb2

Bools = NDArray[np.bool_]

# A system with fewer recordings says nothing of its own.
LEAST_OF_SYSTEM = 3
TRAIN, VAL = "train, left out", "val"


def voice_metrics(items: Items, ratios: Floats, threshold: float) -> list[card_pb2.Metric]:
    """All rows; `ratios` (N,) are calibrated log-likelihood ratios of the items."""
    return [
        *_overall(items, ratios),
        *_codecs(items, ratios),
        *_accused(items, ratios, threshold),
        *_systems(items, ratios),
    ]


def untouched(items: Items, split: str) -> Bools:
    """Recordings as they are of one split, (N,)."""
    return np.array(
        [item.utterance.split == split and item.copy == AS_IS and item.damage == AS_IS for item in items.items]
    )


def worst_system(items: Items, ratios: Floats) -> tuple[str, Estimate]:
    """The system that is told from real speech worst, of those with enough recordings."""
    rows = [metric for metric in _systems(items, ratios) if metric.metric == "auc of system"]
    worst = min(rows, key=lambda metric: metric.value)
    return worst.dataset, Estimate(worst.value, worst.low, worst.high, worst.items)


def _overall(items: Items, ratios: Floats) -> Iterator[card_pb2.Metric]:
    for split, name in (("train", TRAIN), ("val", VAL)):
        own = untouched(items, split)
        fake, told = items.fake[own], ratios[own]
        yield metric_row("auc", "all", name, bootstrap(auc, fake, told))
        yield metric_row("eer", "all", name, bootstrap(equal_error_rate, fake, told, rounds=300))
        yield metric_row("ece", "all", name, bootstrap(_calibration_error, fake, told, rounds=300))
        for source in sorted({item.utterance.source for item in items.part(own).items if item.fake}):
            of_it = np.array([not item.fake or item.utterance.source == source for item in items.part(own).items])
            yield metric_row("auc", source, name, bootstrap(auc, fake[of_it], told[of_it], rounds=300))


def _codecs(items: Items, ratios: Floats) -> Iterator[card_pb2.Metric]:
    val = np.array([item.utterance.split == "val" for item in items.items])
    harm = np.array([item.damage for item in items.items])
    for codec in CODECS:
        own = val & (harm == codec)
        yield metric_row("auc", f"under {codec}", VAL, bootstrap(auc, items.fake[own], ratios[own], rounds=300))
        yield metric_row(
            "eer", f"under {codec}", VAL, bootstrap(equal_error_rate, items.fake[own], ratios[own], rounds=100)
        )


def _accused(items: Items, ratios: Floats, threshold: float) -> Iterator[card_pb2.Metric]:
    """Real speech at or above the threshold, by source."""
    for split, name in (("train", TRAIN), ("val", VAL)):
        own = untouched(items, split) & ~items.fake
        sources = np.array([item.utterance.source for item in items.items])
        for source in sorted(set(sources[own].tolist())):
            told = ratios[own & (sources == source)]
            yield metric_row("real speech accused", source, name, rate(int((told >= threshold).sum()), told.size))
        yield metric_row(
            "real speech accused", "all", name, rate(int((ratios[own] >= threshold).sum()), int(own.sum()))
        )


def _systems(items: Items, ratios: Floats) -> Iterator[card_pb2.Metric]:
    for split, name in (("train", TRAIN), ("val", VAL)):
        own = untouched(items, split)
        systems = np.array([item.utterance.system for item in items.items])
        for system in sorted(set(systems[own].tolist()) - {""}):
            of_it = own & ((systems == system) | ~items.fake)
            if int(items.fake[of_it].sum()) >= LEAST_OF_SYSTEM:
                yield metric_row(
                    "auc of system", system, name, bootstrap(auc, items.fake[of_it], ratios[of_it], rounds=200)
                )


def _calibration_error(fake: Bools, ratios: Floats) -> float:
    return expected_calibration_error(fake, 1 / (1 + np.exp(-ratios)))

"""Quality per source of data, in the words of the model card."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from colab_training.card_rows import metric_row
from colab_training.manifest import Sample
from colab_training.metrics import (
    Bools,
    Estimate,
    Floats,
    auc,
    bootstrap,
    equal_error_rate,
    expected_calibration_error,
)
from telltale.model.v1 import card_pb2

# A source without real pictures of its own is held against those that look most alike.
_REALS_FROM = {"diffusion_sd3": "stylegan2_tpdne"}
ALL = "all"


def source_index(samples: Sequence[Sample], source: str) -> NDArray[np.intp]:
    """Positions of a source's fakes and of the real pictures they are compared with."""
    reals = reals_of(source)
    chosen = [sample.source == (source if sample.fake else reals) for sample in samples]
    return np.flatnonzero(chosen)


def kind_index(samples: Sequence[Sample], kind: str) -> NDArray[np.intp]:
    """Positions of all fakes of a kind, whatever their source, and of the real pictures they are compared with."""
    reals = {reals_of(sample.source) for sample in samples if sample.fake and sample.kind == kind}
    return np.flatnonzero([s.kind == kind if s.fake else s.source in reals for s in samples])


def reals_of(source: str) -> str:
    """The source of the real pictures that the fakes of a source are held against."""
    return _REALS_FROM.get(source, source)


def sources(samples: Sequence[Sample]) -> list[str]:
    """Names of all sources with fakes, largest first."""
    names = [sample.source for sample in samples if sample.fake]
    return sorted(set(names), key=lambda name: (-names.count(name), name))


def source_auc(samples: Sequence[Sample], values: ArrayLike) -> dict[str, Estimate]:
    """AUC with its 95% interval per source, and over all."""
    numbers = np.asarray(values, np.float64)
    labels = np.array([sample.fake for sample in samples])
    parts = {source: source_index(samples, source) for source in sources(samples)} | {ALL: np.arange(len(samples))}
    return {name: bootstrap(auc, labels[index], numbers[index]) for name, index in parts.items()}


def calibration_error(fake: Bools, log_odds: Floats) -> float:
    """Expected calibration error of probabilities given as natural log-odds."""
    return expected_calibration_error(fake, 1 / (1 + np.exp(-log_odds)))


def card_metrics(samples: Sequence[Sample], log_odds: ArrayLike, split: str) -> list[card_pb2.Metric]:
    """AUC per source and over all, equal error rate and calibration error over all."""
    values = np.asarray(log_odds, np.float64)
    labels = [sample.fake for sample in samples]
    areas = [metric_row("auc", name, split, estimate) for name, estimate in source_auc(samples, values).items()]
    rates = metric_row("eer", ALL, split, bootstrap(equal_error_rate, labels, values, rounds=200))
    gaps = metric_row("ece", ALL, split, bootstrap(calibration_error, labels, values, rounds=200))
    return [*areas, rates, gaps]

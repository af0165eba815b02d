"""What a notebook shows of the fusion: the evidence it weighs, its weights, and how good its sum is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from colab_training.evidence_table import EvidenceOf, collect, files, weighed_ratios
from colab_training.examiner import examiner
from colab_training.manifest import Sample, part, read_manifest
from colab_training.metrics import Bools, Floats
from colab_training.workshop import Workshop
from fusion_svc.fuse import weigh
from fusion_svc.model import KindParameters, read_fusion_model
from kit.models.card import load_model


@dataclass(frozen=True)
class Fused:
    """Pictures of one part, the evidence about them, the fusion's parameters and its natural log-odds (N,)."""

    samples: Sequence[Sample]
    table: Sequence[EvidenceOf]
    parameters: KindParameters
    log_odds: Floats

    @property
    def fake(self) -> Bools:
        """Labels (N,)."""
        return np.array([sample.fake for sample in self.samples])


def fused(workshop: Workshop, folder: Path, name: str) -> Fused:
    """One part of the data, judged by the fusion model in `folder`; evidence comes from the cache where it is there."""
    root = workshop.data / "faces"
    samples = part(read_manifest(root), name)
    with examiner(workshop.models) as detectors:
        table = collect(detectors, files(root / sample.file for sample in samples), workshop.cache, name)
    parameters = read_fusion_model(load_model(folder)).parameters.kinds["image"]
    log_odds = np.array([weigh(row.evidence, parameters).log_odds for row in table])
    return Fused(samples, table, parameters, log_odds)


def evidence_figure(found: Fused) -> Figure:
    """Mean of quality * log-likelihood ratio by cue, and by source and class: what each cue sees, and where it is silent."""
    cues = sorted(found.parameters.weights)
    ratios = weighed_ratios(found.table, cues)  # (N, cues)
    kinds = sorted({(sample.source, sample.fake) for sample in found.samples})
    rows = [[(sample.source, sample.fake) == kind for sample in found.samples] for kind in kinds]
    means = np.array([ratios[np.array(row)].mean(axis=0) for row in rows])  # (kinds, cues)
    figure = Figure(figsize=(1.1 * len(cues) + 3, 0.45 * len(kinds) + 2), layout="constrained")
    axes = figure.subplots()
    largest = max(1e-6, float(np.abs(means).max()))
    axes.imshow(means, cmap="coolwarm", vmin=-largest, vmax=largest, aspect="auto")
    for (row, column), value in np.ndenumerate(means):
        axes.text(column, row, f"{value:+.2f}", ha="center", va="center", fontsize=7)
    axes.set_xticks(range(len(cues)), cues, rotation=30, ha="right", fontsize=8)
    axes.set_yticks(range(len(kinds)), [f"{source} {'fake' if fake else 'real'}" for source, fake in kinds], fontsize=8)
    axes.set_title("mean evidence: red speaks for manipulation", fontsize=9)
    return figure


def weights_figure(found: Fused) -> Figure:
    """Weight of every cue."""
    weights = dict(sorted(found.parameters.weights.items()))
    figure = Figure(figsize=(6, 0.35 * len(weights) + 1), layout="constrained")
    axes = figure.subplots()
    axes.barh(list(weights), list(weights.values()))
    axes.set(xlabel="weight in the sum of log-likelihood ratios")
    return figure

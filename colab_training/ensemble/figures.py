"""What a notebook shows of the fusion: the evidence it weighs, its weights, and how good its sum is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from colab_training.ensemble.table import Table
from colab_training.ensemble.verdicts import Judged
from colab_training.figures import reliability
from fusion_svc.model import KindParameters


def evidence_figure(table: Table) -> Figure:
    """Mean of quality * log-likelihood ratio by cue, and by source and class: what each cue sees, and where it is silent."""
    kinds = sorted(set(zip(table.sources.tolist(), table.fake.tolist(), strict=True)))
    chosen = [(table.sources == source) & (table.fake == fake) for source, fake in kinds]
    means = np.array([table.heard[rows].mean(axis=0) for rows in chosen])  # (kinds, cues)
    figure = Figure(figsize=(1.1 * len(table.cues) + 3, 0.45 * len(kinds) + 2), layout="constrained")
    axes = figure.subplots()
    largest = max(1e-6, float(np.abs(means).max()))
    axes.imshow(means, cmap="coolwarm", vmin=-largest, vmax=largest, aspect="auto")
    for (row, column), value in np.ndenumerate(means):
        axes.text(column, row, f"{value:+.2f}", ha="center", va="center", fontsize=7)
    axes.set_xticks(range(len(table.cues)), table.cues, rotation=30, ha="right", fontsize=8)
    axes.set_yticks(range(len(kinds)), [f"{source} {'fake' if fake else 'real'}" for source, fake in kinds], fontsize=8)
    axes.set_title("mean evidence: red speaks for manipulation", fontsize=9)
    return figure


def weights_figure(parameters: KindParameters, cues: Sequence[str]) -> Figure:
    """Weight of every cue by the set of tests that spoke; without a bar: it did not speak."""
    rows = {"any other set": parameters.weights} | {", ".join(own.tests): own.weights for own in parameters.patterns}
    figure = Figure(figsize=(9, 0.3 * len(rows) + 1.2), layout="constrained")
    axes = figure.subplots()
    left = np.zeros(len(rows))
    for cue in cues:
        widths = np.array([weights.get(cue, 0.0) for weights in rows.values()])
        axes.barh(list(rows), widths, left=left, label=cue)
        left = left + widths
    axes.set(xlabel="weights in the sum of log-likelihood ratios")
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=7)
    return figure


def labels_figure(judged: Judged, parameters: KindParameters) -> Figure:
    """Log-odds of both classes with the thresholds of labels, and the reliability diagram."""
    figure = Figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1.6, 1])
    bins = np.linspace(judged.log_odds.min() - 0.1, judged.log_odds.max() + 0.1, 50)
    left.hist(judged.log_odds[~judged.fake], bins, alpha=0.6, label="real")
    left.hist(judged.log_odds[judged.fake], bins, alpha=0.6, label="fake")
    for name, threshold in parameters.labels.model_dump().items():
        left.axvline(threshold, color="black", linewidth=0.8)
        left.text(threshold, left.get_ylim()[1], f" {name}", rotation=90, va="top", fontsize=8)
    left.set(xlabel="fused log-odds", ylabel="media")
    left.legend()
    reliability(right, judged.fake, judged.log_odds, "reliability (number of media)")
    return figure

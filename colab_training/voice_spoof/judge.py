"""The judge: boosted trees and a kernel machine on the measures, fitted by scikit-learn, run as one torch network.

Trees and kernels err in different ways on systems that they have never heard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.svm import SVC
from torch import Tensor, nn

from colab_training.voice_spoof.items import Item, Items, Numbers
from colab_training.voice_spoof.measures import VoiceMeasures
from colab_training.voice_spoof.settings import KernelSettings, TreeSettings, VoiceSettings, WeightSettings

Floats = NDArray[np.float64]

# Standardised measures beyond are cut there: no vote may rest on one number that ran away.
_FARTHEST = 5.0


class Standard(nn.Module):
    """Measures (N, F) minus the mean, over the standard deviation, within 5 of it."""

    def __init__(self, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)

    def forward(self, numbers: Tensor) -> Tensor:
        """(N, F) standardised."""
        return ((numbers - self.mean) / self.deviation).clamp(-_FARTHEST, _FARTHEST)


class Trees(nn.Module):
    """T trees of at most M nodes as tables; a leaf is its own child."""

    def __init__(self, tables: dict[str, Tensor], depth: int) -> None:
        super().__init__()
        for name, table in tables.items():
            self.register_buffer(name, table)  # (T * M,)
        self.depth = depth

    def forward(self, numbers: Tensor) -> Tensor:
        """Mean log-odds (N,) of standardised measures (N, F)."""
        places = self.roots.expand(numbers.shape[0], -1)  # (N, T)
        for _ in range(self.depth):
            chosen = torch.gather(numbers, 1, self.columns[places])
            places = torch.where(chosen <= self.thresholds[places], self.left[places], self.right[places])
        return self.values[places].sum(dim=1)


class Kernels(nn.Module):
    """A kernel machine with V support vectors."""

    def __init__(self, vectors: Tensor, weights: Tensor, intercept: float, gamma: float) -> None:
        super().__init__()
        self.register_buffer("vectors", vectors)  # (V, F)
        self.register_buffer("weights", weights)  # (V,)
        self.intercept, self.gamma = intercept, gamma

    def forward(self, numbers: Tensor) -> Tensor:
        """Distances (N,) from the border, of standardised measures (N, F)."""
        squares = numbers.square().sum(1)[:, None] + self.vectors.square().sum(1) - 2 * numbers @ self.vectors.T
        return torch.exp(-self.gamma * squares.clamp_min(0)) @ self.weights + self.intercept


class Judge(nn.Module):
    """Measures (N, F) to logits (N,)."""

    def __init__(self, standard: Standard, trees: Trees, kernels: Kernels, factors: tuple[float, float]) -> None:
        super().__init__()
        self.standard, self.trees, self.kernels = standard, trees, kernels
        self.factors = factors

    def forward(self, numbers: Tensor) -> Tensor:
        """Raw logits (N,): the sum of both members, each with its factor."""
        standard = self.standard(numbers)
        return self.factors[0] * self.trees(standard) + self.factors[1] * self.kernels(standard)


class VoiceSpoofNet(nn.Module):
    """What is exported: windows of sound (N, S) to logits (N,)."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.measures = VoiceMeasures()
        self.judge = judge

    def forward(self, sound: Tensor) -> Tensor:
        """Raw logits (N,)."""
        return self.judge(self.measures(sound))  # type: ignore[no-any-return]  # torch knows no types of modules


def fit_judge(settings: VoiceSettings, items: Items) -> Judge:
    """Fits both members to the items."""
    mean, deviation = items.numbers.mean(axis=0), items.numbers.std(axis=0) + 1e-4
    standard = Standard(torch.from_numpy(mean), torch.from_numpy(deviation)).eval()
    numbers = standard(torch.from_numpy(items.numbers)).numpy()
    fake, weights = items.fake, item_weights(items.items, settings.weights)
    trees = _trees(numbers, fake, weights, settings.trees, settings.seed)
    kernels = _kernels(numbers, fake, weights, settings.kernels)
    # What a member says is weighed in units of its own spread.
    spreads = [float(member(torch.from_numpy(numbers)).std()) or 1.0 for member in (trees, kernels)]
    share = settings.trees.share
    return Judge(standard, trees, kernels, (share / spreads[0], (1 - share) / spreads[1])).eval()


@torch.inference_mode()
def judged(judge: Judge, numbers: Numbers) -> Floats:
    """Raw logits (N,) of measures (N, F)."""
    return judge(torch.from_numpy(numbers)).double().numpy()


def item_weights(items: Sequence[Item], settings: WeightSettings) -> Floats:
    """Weights (N,) with mean 1: both classes alike, and each maker as the square root of what it has."""
    sizes = Counter((item.maker, item.fake, item.damage) for item in items)
    weights = np.array([sizes[item.maker, item.fake, item.damage] ** -0.5 for item in items])
    weights *= [settings.copy_weight if item.copy else 1.0 for item in items]
    weights *= [settings.damaged_weight if item.damage else 1.0 for item in items]
    fake = np.array([item.fake for item in items])
    for label in (True, False):
        weights[fake == label] /= weights[fake == label].sum() * 2 / len(items)
    return weights


def _trees(numbers: Numbers, fake: NDArray[np.bool_], weights: Floats, settings: TreeSettings, seed: int) -> Trees:
    forests = [
        HistGradientBoostingClassifier(
            learning_rate=settings.learning_rate,
            max_iter=settings.trees,
            max_leaf_nodes=settings.leaves,
            l2_regularization=settings.shrinkage,
            max_features=settings.columns,
            early_stopping=False,
            random_state=seed + number,
        ).fit(numbers, fake, weights)
        for number in range(settings.forests)
    ]
    return tree_tables(forests)


def _kernels(numbers: Numbers, fake: NDArray[np.bool_], weights: Floats, settings: KernelSettings) -> Kernels:
    gamma = settings.sharpness / numbers.shape[1]
    machine = SVC(C=settings.softness, gamma=gamma).fit(numbers, fake, weights)
    vectors = torch.from_numpy(machine.support_vectors_.astype(np.float32))
    return Kernels(
        vectors, torch.from_numpy(machine.dual_coef_[0].astype(np.float32)), float(machine.intercept_[0]), gamma
    )


def tree_tables(forests: Sequence[HistGradientBoostingClassifier]) -> Trees:
    """The trees of all forests as one table; their sum is divided by the number of forests.

    What forests begin at is left out: it is 0 where both classes weigh alike.
    """
    nodes = [stage[0].nodes for forest in forests for stage in forest._predictors]  # noqa: SLF001 - no public way
    most = max(map(len, nodes))
    tables = {
        "roots": torch.arange(len(nodes)) * most,
        "columns": torch.zeros(len(nodes) * most, dtype=torch.int64),
        "thresholds": torch.zeros(len(nodes) * most),
        "left": torch.arange(len(nodes) * most),
        "right": torch.arange(len(nodes) * most),
        "values": torch.zeros(len(nodes) * most),
    }
    for number, tree in enumerate(nodes):
        own = slice(number * most, number * most + len(tree))
        leaf = torch.from_numpy(tree["is_leaf"].astype(bool))
        itself = torch.arange(len(tree))
        tables["columns"][own] = torch.from_numpy(tree["feature_idx"].astype(np.int64)) * ~leaf
        tables["thresholds"][own] = torch.from_numpy(_rounded_down(tree["num_threshold"]))
        for side in ("left", "right"):
            children = torch.from_numpy(tree[side].astype(np.int64))
            tables[side][own] = torch.where(leaf, itself, children) + number * most
        tables["values"][own] = torch.from_numpy((tree["value"] * leaf.numpy() / len(forests)).astype(np.float32))
    depth = max(int(tree["depth"].max()) for tree in nodes)
    return Trees(tables, depth).eval()


def _rounded_down(thresholds: Floats) -> Numbers:
    """A threshold lies between two values of single precision; rounded up to the larger one, it would send that one left."""
    near = thresholds.astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)

"""The network over blocks and the test of whole pictures, with every source judged by fits that have not seen it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from colab_training.calibration import fit_calibration, threshold_at
from colab_training.linear_fit import fit_linear
from colab_training.region_consistency.examples import Example
from colab_training.region_consistency.settings import RegionSettings
from kit.models.calibration import log_likelihood_ratio
from kit.models.fitted import FittedTest, Parameters
from metadata_svc.history.reading import HistoryReading
from metadata_svc.history.region_model import BlockNetwork, picture_features, probabilities
from metadata_svc.history.regions import cell_features
from telltale.model.v1 import card_pb2

_FALSE_BLOCKS = 0.01
_CLIP = 5.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """What fits that have not seen its source say of one example."""

    ratio: float
    chances: NDArray[np.float32]
    """(rows, columns): each block's chance of having been pasted."""


@dataclass(frozen=True)
class Fit:
    """The fitted model, and its judgements with sources left out."""

    blocks: BlockNetwork
    picture: Parameters
    calibration: card_pb2.Calibration
    region_probability: float
    """Chance that at most one in a hundred blocks of untouched pictures reaches."""
    judged: list[Judged]
    without: Mapping[str, tuple[BlockNetwork, Parameters]]
    """Source to the fits that have not seen it."""

    def judge_unseen(self, source: str, maps: NDArray[np.float32], history: HistoryReading) -> Judged:
        """What the fits without this source say of a picture, by its `signal_maps`."""
        blocks, picture = self.without[source]
        raw, chances = _raw(blocks, picture, cell_features(maps, history), history)
        return Judged(log_likelihood_ratio(raw, self.calibration), chances)


def fit(examples: Sequence[Example], settings: RegionSettings) -> Fit:
    """Fits on all sources; calibrates on judgements by fits that leave the source out."""
    without = {
        source: _fitted([example for example in examples if example.source != source], settings)
        for source in sorted({example.source for example in examples})
    }
    answers = [_raw(*without[example.source], example.features(), example.history) for example in examples]
    raw = np.asarray([answer[0] for answer in answers])
    fake = [example.fake for example in examples]
    calibration = fit_calibration(raw, fake, dataset="splices made of sources left out of the fit")
    calibration.limit = min(calibration.limit, settings.cue_limit)
    judged = [Judged(log_likelihood_ratio(value, calibration), chances) for value, chances in answers]
    untouched = [one.chances.ravel() for one, example in zip(judged, examples, strict=True) if not example.fake]
    blocks, picture = _fitted(examples, settings)
    least = min(max(threshold_at(np.concatenate(untouched), _FALSE_BLOCKS), 0.05), 0.95)
    return Fit(blocks, picture, calibration, least, judged, without)


def _raw(
    blocks: BlockNetwork, picture: Parameters, features: NDArray[np.float32], history: HistoryReading
) -> tuple[float, NDArray[np.float32]]:
    logits = blocks.logits(features)
    raw = FittedTest.of(picture).raw(picture_features(logits, history))
    return raw, probabilities(logits).astype(np.float32)


def _fitted(examples: Sequence[Example], settings: RegionSettings) -> tuple[BlockNetwork, Parameters]:
    """Two halves of the pictures teach one thing each, so that the whole-picture test sees logits as new pictures have them."""
    files = sorted({example.file for example in examples})
    first = set(files[::2])
    halves = [[example for example in examples if (example.file in first) is half] for half in (True, False)]
    crossed, labels = [], []
    for taught, judged in (halves, halves[::-1]):
        network = _network(taught, settings)
        crossed += [picture_features(network.logits(example.features()), example.history) for example in judged]
        labels += [example.fake for example in judged]
    picture = fit_linear(np.stack(crossed), labels, np.ones(len(labels)), settings.strength)
    return _network(examples, settings), picture


def _network(examples: Sequence[Example], settings: RegionSettings) -> BlockNetwork:
    rng = np.random.default_rng(0)
    drawn = [_drawn(example, settings.cells, rng) for example in examples]
    features = np.concatenate([part for part, _ in drawn])
    pasted = np.concatenate([part for _, part in drawn])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    model = MLPClassifier(
        (settings.hidden,), alpha=1e-3, batch_size=512, learning_rate_init=3e-3, max_iter=12, random_state=0, tol=0.0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is stopped early on purpose, which scikit-learn warns of
        model.fit(np.clip((features - mean) / scale, -_CLIP, _CLIP), pasted)
    return BlockNetwork(
        mean=_rounded(mean),
        scale=_rounded(scale),
        hidden=[_rounded(row) for row in model.coefs_[0]],
        hidden_bias=_rounded(model.intercepts_[0]),
        out=_rounded(model.coefs_[1][:, 0]),
        out_bias=float(model.intercepts_[1][0]),
    )


def _drawn(example: Example, cells: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Blocks of one picture: of a splice half of them pasted, of an untouched picture a quarter as many."""
    features, pasted = example.features().reshape(example.pasted.size, -1), example.pasted.ravel()
    if not example.fake:
        chosen = rng.choice(pasted.size, cells // 4)
    else:
        inside, outside = np.flatnonzero(pasted), np.flatnonzero(~pasted)
        chosen = np.concatenate([rng.choice(inside, cells // 2), rng.choice(outside, cells // 2)])
    return features[chosen], pasted[chosen]


def _rounded(values: NDArray[np.floating]) -> list[float]:
    return [float(f"{value:.6g}") for value in values]

"""The network over blocks and the test of whole pictures, with every source judged by fits that have not seen it."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
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
from telltale.model.v1 import card_pb2

_FALSE_BLOCKS = 0.01
_CLIP = 5.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """What fits that have not seen its source say of one example."""

    example: Example
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


def fit(made: Sequence[Example], filed: Sequence[Example], settings: RegionSettings) -> Fit:
    """Fits on what was made, of all sources; calibrates on judgements by fits that leave the source out.

    Real files as they are calibrate too: they differ within themselves in ways that nobody would think of making. They are not
    fitted on, because only real ones are known, and what makes them different would be learned.
    """
    without = {
        source: _fitted([example for example in made if example.source != source], settings)
        for source in sorted({example.source for example in made})
    }
    able = [*made, *(example for example in filed if example.source in without)]
    answers = [_raw(*without[example.source], example.features(), example.history) for example in able]
    calibration = _calibration([raw for raw, _ in answers], able, settings.cue_limit)
    judged = [
        Judged(example, log_likelihood_ratio(raw, calibration), chances)
        for example, (raw, chances) in zip(able, answers, strict=True)
    ]
    untouched = [one.chances.ravel() for one in judged if not one.example.fake]
    least = min(max(threshold_at(np.concatenate(untouched), _FALSE_BLOCKS), 0.05), 0.95)
    return Fit(*_fitted(made, settings), calibration, least, judged)


def _calibration(raw: Sequence[float], examples: Sequence[Example], most: float) -> card_pb2.Calibration:
    """Made splices against untouched pictures and real files, each of the three alike in sum but for the halves."""
    used = [index for index, example in enumerate(examples) if not (example.dataset and example.fake)]
    groups = [(examples[index].fake, bool(examples[index].dataset)) for index in used]
    sizes = Counter(groups)
    weights = [(2.0 if fake else 1.0) / sizes[fake, filed] for fake, filed in groups]
    scaled = np.asarray(weights) * len(used) / sum(weights)
    calibration = fit_calibration(
        [raw[index] for index in used],
        [fake for fake, _ in groups],
        scaled,
        dataset="splices made and real files of sources left out of the fit",
    )
    calibration.limit = min(calibration.limit, most)
    return calibration


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

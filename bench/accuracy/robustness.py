"""How much is left of the detectors' judgement when the same pictures arrive changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from bench.accuracy import measure
from bench.accuracy.perturb import AS_FILED, PERTURBATIONS, Perturbation
from colab_training.evidence_table import Content
from colab_training.manifest import Sample
from colab_training.metrics import Estimate, auc, bootstrap, rate
from colab_training.pictures import read_picture
from telltale.fusion.v1 import verdict_pb2

_ROUNDS = 300
Judge = Callable[[str, Sequence[Sample], Sequence[Content]], measure.Judged]


@dataclass(frozen=True)
class Cell:
    """One change. `auc` is over all chosen pictures by detector, `alarms` and `inconclusive` are the fused verdict's."""

    auc: Mapping[str, Estimate]
    abstained: Mapping[str, Estimate]
    alarms: Mapping[str, Estimate]
    inconclusive: Estimate


def chosen(samples: Sequence[Sample], most: int) -> list[Sample]:
    """The first `most` pictures of every source and class, in the order of the manifest."""
    counts: Counter[tuple[str, bool]] = Counter()
    kept = []
    for sample in samples:
        counts[sample.source, sample.fake] += 1
        if counts[sample.source, sample.fake] <= most:
            kept.append(sample)
    return kept


def grid(root: Path, samples: Sequence[Sample], judge: Judge) -> dict[str, Cell]:
    """Every change of `PERTURBATIONS`, and none, by name."""
    return {name: cell(judge(name, samples, contents)) for name, contents in _cells(root, samples)}


def cell(judged: measure.Judged) -> Cell:
    """The numbers of one change."""
    reals = [verdict for sample, verdict in zip(judged.samples, judged.verdicts, strict=True) if not sample.fake]
    unsure = sum(verdict.label == verdict_pb2.LABEL_INCONCLUSIVE for verdict in judged.verdicts)
    areas = {name: _area(judged, name) for name in measure.detectors(judged)}
    return Cell(
        auc={name: estimate for name, estimate in areas.items() if not np.isnan(estimate.value)},
        abstained=measure.abstained(judged),
        alarms=measure.alarms(reals),
        inconclusive=rate(unsure, len(judged.verdicts)),
    )


def _cells(root: Path, samples: Sequence[Sample]) -> Iterator[tuple[str, list[Content]]]:
    yield AS_FILED, [(root / sample.file).read_bytes for sample in samples]
    for name, perturbation in PERTURBATIONS.items():
        yield name, [partial(_changed, root / sample.file, perturbation) for sample in samples]


def _changed(path: Path, perturbation: Perturbation) -> bytes:
    return perturbation(read_picture(path))


def _area(judged: measure.Judged, detector: str) -> Estimate:
    values = measure.opinions(judged, detector)
    heard = ~np.isnan(values)
    fake = judged.fake[heard]
    if fake.all() or not fake.any():
        return Estimate(float("nan"), float("nan"), float("nan"), int(heard.sum()))
    return bootstrap(auc, fake, values[heard], rounds=_ROUNDS)

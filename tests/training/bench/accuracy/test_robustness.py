"""The robustness grid."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import cv2
import numpy as np

from bench.accuracy import measure, robustness
from bench.accuracy.perturb import AS_FILED, PERTURBATIONS
from colab_training.evidence_table import Content
from colab_training.manifest import Sample
from tests.training.bench.accuracy.made_up import judged


def test_every_source_and_class_gives_as_many_pictures_as_asked() -> None:
    samples = [Sample(f"{name}/{n}.jpg", n % 2 == 0, "kind", "val", "") for name in ("a", "b") for n in range(9)]
    kept = robustness.chosen(samples, 3)
    assert [sample.file for sample in kept if sample.fake] == [f"{name}/{n}.jpg" for name in "ab" for n in (0, 2, 4)]
    assert len(kept) == 12


def test_a_cell_tells_what_is_left_of_the_judgement() -> None:
    cell = robustness.cell(judged())
    assert cell.auc["good"].value == 1.0
    assert cell.auc[measure.FUSED].value == 0.995
    assert cell.abstained["good"].value == 0.1
    assert cell.alarms["suspicious_or_worse"].value == 0.1
    assert cell.inconclusive.value == 0.0


def test_every_change_is_judged_on_the_same_pictures_and_none_as_they_are(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    cv2.imwrite(str(tmp_path / "x.jpg"), picture)
    seen: dict[str, bytes] = {}

    def judge(name: str, samples: Sequence[Sample], contents: Sequence[Content]) -> measure.Judged:
        seen[name] = contents[0]()
        return judged()

    grid = robustness.grid(tmp_path, [Sample("x.jpg", True, "kind", "val", "")], judge)
    assert list(grid) == [AS_FILED, *PERTURBATIONS]
    assert seen[AS_FILED] == (tmp_path / "x.jpg").read_bytes()
    assert len(set(seen.values())) == len(seen)

"""The row of shortcuts finds a shortcut when there is one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")
cv2 = pytest.importorskip("cv2")

from colab_training.manifest import Sample  # noqa: E402 - needs scikit-learn
from colab_training.shortcuts import outer_features, shortcut_auc  # noqa: E402


def write(path: Path, quality: int, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    cv2.imwrite(str(path), noise, [cv2.IMWRITE_JPEG_QUALITY, quality])


def data_set(root: Path, fake_quality: int) -> list[Sample]:
    samples = [Sample(f"made_up/{n}.jpg", n % 2 == 0, "kind", "val", str(n)) for n in range(60)]
    for number, sample in enumerate(samples):
        write(root / sample.file, fake_quality if sample.fake else 90, number)
    return samples


def test_size_and_quality_are_read_from_the_file(tmp_path: Path) -> None:
    write(tmp_path / "a.jpg", 77, 0)
    assert outer_features(tmp_path / "a.jpg")[[0, 1, 4]].tolist() == [48, 32, 77]


def test_another_quality_for_fakes_is_a_shortcut(tmp_path: Path) -> None:
    assert shortcut_auc(tmp_path, data_set(tmp_path, 70))["made_up"].value > 0.95


def test_files_made_alike_offer_none(tmp_path: Path) -> None:
    assert shortcut_auc(tmp_path, data_set(tmp_path, 90))["made_up"].value < 0.75

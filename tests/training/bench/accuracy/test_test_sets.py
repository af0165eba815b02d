"""Which pictures are test pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import cv2
import numpy as np

from bench.accuracy.shortcut_rows import shortcut_rows
from bench.accuracy.test_sets import make_alike, pool, unlearned
from colab_training.manifest import Sample
from colab_training.pictures import FoundFace


def sample(source: str, part: str, number: int = 0, fake: bool = False) -> Sample:
    return Sample(f"{source}/{number}.jpg", fake, "kind", part, f"{source}{number}")


def test_small_sources_lend_all_their_pictures_and_large_ones_their_val() -> None:
    large = [sample("large", "val" if n < 3 else "fit", n) for n in range(2001)]
    small = [sample("small", "fit"), sample("small", "val", 1)]
    assert len(pool([*large, *small])) == 5


def test_unlearned_pictures_leave_the_calibration_part_away() -> None:
    samples = [
        sample("known", "fit"),
        *(sample("new", part, n) for n, part in enumerate(("fit", "calibration", "val"))),
    ]
    assert [entry.part for entry in unlearned(samples, {"known"})["new"]] == ["fit", "val"]


def two_places(root: Path) -> tuple[list[Sample], dict[str, FoundFace]]:
    """Real pictures are small, dark and well compressed; fakes are large and bright. What they show is noise."""
    rng = np.random.default_rng(0)
    samples, faces = [], {}
    for number in range(60):
        fake = number % 2 == 0
        side, level, quality = (120, 150, 95) if fake else (90, 80, 75)
        entry = sample("made_up", "val", number, fake)
        (root / "made_up").mkdir(exist_ok=True)
        pixels = np.clip(rng.normal(level + rng.normal(0, 5), 20, (side, side, 3)), 0, 255).astype(np.uint8)
        cv2.imwrite(str(root / entry.file), pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        box = (side * 0.2, side * 0.2, side * 0.8, side * 0.8)
        faces[entry.file] = FoundFace(box, np.zeros((5, 2), np.float32))
        samples.append(entry)
    return samples, faces


def test_making_alike_takes_the_shortcuts_away(tmp_path: Path) -> None:
    samples, faces = two_places(tmp_path)
    made = make_alike(tmp_path, samples, faces)
    rows = shortcut_rows(tmp_path, samples, made)
    assert made.how["made_up"].side_px == 64
    assert rows["filed, outer"]["made_up"].value > 0.95
    assert rows["alike, outer"]["made_up"].value < 0.75
    assert rows["soft, outer"]["made_up"].value < 0.75
    assert made.soft.keys() == made.files.keys()


def test_pictures_without_a_face_have_no_copy(tmp_path: Path) -> None:
    samples, faces = two_places(tmp_path)
    del faces[samples[0].file]
    assert samples[0].file not in make_alike(tmp_path, samples, faces).files

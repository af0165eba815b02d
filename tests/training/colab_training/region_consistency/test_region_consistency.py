"""Making splices and fitting, on made-up originals."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import cv2
import numpy as np

from colab_training.jpeg_originals import Original, opened, originals
from colab_training.region_consistency.__main__ import main
from colab_training.region_consistency.examples import example_of
from colab_training.region_consistency.splices import make, random_mask
from kit.models.card import load_model
from metadata_svc.history.region_model import load_regions
from tests.support.histories import scenery

CONFIG = Path(__file__).parents[4] / "colab_training" / "configs" / "region_consistency.toml"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two pictures of each source."""
    root = tmp_path_factory.mktemp("data")
    for folder in ("scenes/real", "faces/splice_ciplab/real", "metadata/exif"):
        (root / folder).mkdir(parents=True)
        for number in range(2):
            cv2.imwrite(str(root / folder / f"{number}.jpg"), scenery(360, seed=number))
    return root


@pytest.fixture(scope="module")
def files(data: Path) -> list[Original]:
    return originals(data)


def test_masks_cover_the_share_that_is_said() -> None:
    shares = [random_mask(256, np.random.default_rng(seed)).mean() for seed in range(40)]
    assert 0.005 < min(shares) < 0.1 < max(shares) < 0.4


def test_an_untouched_picture_is_the_splice_without_its_paste(files: list[Original]) -> None:
    spliced = make(files[0], files[1], 256, np.random.default_rng(4))
    untouched = make(files[0], None, 256, np.random.default_rng(4))
    far = cv2.dilate(spliced.mask, np.ones((33, 33), np.uint8)) == 0
    difference = np.abs(opened(spliced.data).astype(int) - opened(untouched.data)).mean(axis=2)
    assert not untouched.mask.any()
    assert np.median(difference[far]) <= 4 < np.median(difference[spliced.mask > 0.9])


def test_an_example_marks_the_blocks_that_were_pasted(files: list[Original]) -> None:
    made = make(files[0], files[1], 256, np.random.default_rng(4))
    example = example_of(made, "scenes", "0.jpg")
    assert example.fake
    assert example.pasted.shape == example.maps.shape[1:] == (32, 32)
    assert example.pasted.mean() == pytest.approx(made.mask.mean(), abs=0.05)


def test_the_command_writes_a_model_that_the_service_reads(data: Path, tmp_path: Path) -> None:
    text = CONFIG.read_text(encoding="utf-8")
    for line, small in (("sides_px", "[256]"), ("copies", "[6]"), ("hidden", "4")):
        text = "\n".join(f"{line} = {small}" if row.startswith(line) else row for row in text.splitlines())
    config = tmp_path / "small.toml"
    config.write_text(text, encoding="utf-8")
    out = tmp_path / "region_consistency" / "1.0.0"
    main(["--config", str(config), "--data", str(data), "--out", str(out), "--processes", "1"])
    model = load_model(out)
    assert load_regions(model).parameters.least_px == 256
    assert {metric.dataset for metric in model.card.metrics} >= {"all", "camera", "scenes", "scenes, real"}

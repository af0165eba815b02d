"""Tiles of one size a batch, half of them manipulated, with masks where they are known."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import cv2
import numpy as np
import torch

from colab_training.manifest import Sample
from colab_training.noise_residual.dataset import TrainingTiles, Windows, preprocessing
from colab_training.noise_residual.settings import NoiseSettings, load_noise_settings
from colab_training.pictures import FacePicture, FoundFace

CONFIG = Path(__file__).parents[4] / "colab_training" / "configs" / "noise_residual.toml"
SOURCES = ("splice_ciplab", "stylegan2_tpdne", "swap_dfdc")


@pytest.fixture(scope="module")
def settings() -> NoiseSettings:
    return load_noise_settings(CONFIG)


def a_picture(source: str, *, fake: bool, side: int = 320) -> FacePicture:
    coarse = np.random.default_rng(side).integers(60, 190, (30, 30, 3), dtype=np.uint8)
    pixels = np.asarray(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)
    landmarks = np.array([[0.35, 0.4], [0.65, 0.4], [0.5, 0.55], [0.4, 0.7], [0.6, 0.7]], np.float32) * side
    box = (0.05 * side, 0.05 * side, 0.95 * side, 0.95 * side)
    return FacePicture(Sample(f"{source}/{fake}.jpg", fake, "k", "fit", "g"), pixels, FoundFace(box, landmarks))


def a_set() -> list[FacePicture]:
    return [a_picture(source, fake=fake) for source in SOURCES for fake in (True, False)]


@pytest.fixture(scope="module")
def tiles(settings: NoiseSettings) -> TrainingTiles:
    return TrainingTiles(a_set(), settings, epoch=0)


def test_the_tiles_of_a_batch_have_one_size_and_all_sizes_come_up(
    settings: NoiseSettings, tiles: TrainingTiles
) -> None:
    batch = settings.training.batch
    sides = [{tiles[start + step][0].shape[-1] for step in range(3)} for start in range(0, 3 * batch, batch)]
    assert sides == [{256}, {256}, {224}]


def test_every_other_tile_is_manipulated_and_real_ones_have_empty_masks(tiles: TrainingTiles) -> None:
    items = [tiles[index] for index in range(12)]
    assert [float(label) for _, label, _, _ in items] == [0, 1] * 6
    assert all(known == 1 and not mask.any() for _, label, mask, known in items if not label)


def test_splices_have_a_mask_and_recorded_fakes_say_that_theirs_is_unknown(tiles: TrainingTiles) -> None:
    fakes = [tiles[index] for index in range(1, 40, 2)]
    made = [mask for _, _, mask, known in fakes if known]
    assert 5 < len(made) < 18
    assert all(mask.shape[-1] in (14, 16) and mask.max() > 0.3 for mask in made)


def test_an_item_depends_on_its_index_and_epoch_alone(settings: NoiseSettings, tiles: TrainingTiles) -> None:
    again, other = (TrainingTiles(a_set(), settings, epoch) for epoch in (0, 1))
    assert torch.equal(tiles[5][0], again[5][0])
    assert not torch.equal(tiles[5][0], other[5][0])


def test_small_and_large_pictures_become_tiles_too(settings: NoiseSettings) -> None:
    pictures = [
        a_picture(source, fake=fake, side=side) for source in SOURCES for fake in (True, False) for side in (90, 700)
    ]
    items = TrainingTiles(pictures, settings, epoch=0)
    assert {tuple(items[index][0].shape) for index in range(10)} == {(3, 256, 256)}


def test_a_source_in_no_share_is_not_taught(settings: NoiseSettings) -> None:
    assert settings.taught == {"splice_ciplab", "stylegan2_tpdne", "swap_dfdc", "diffusion_sd3"}


def test_windows_are_those_of_serving(settings: NoiseSettings) -> None:
    tensor, label = Windows([a_picture("swap_dfdc", fake=True)], preprocessing(settings.window))[0]
    assert tensor.shape == (3, 272, 272)  # 0.9 of 288 px from the grid on, in whole cells
    assert label == 1
